#include "services/identity/rpc/clinic_handlers.h"

#include <utility>
#include <vector>

#include "libs/audit/event.h"
#include "libs/auth/method_policy.h"
#include "libs/crypto/digest.h"
#include "libs/crypto/random.h"
#include "libs/rpc/call.h"
#include "libs/status/errors.h"
#include "libs/status/status_macros.h"
#include "services/identity/domain/errors.h"
#include "services/identity/domain/text.h"
#include "services/identity/rpc/clinic_directory.h"
#include "services/identity/rpc/clinic_owner.h"
#include "services/identity/rpc/convert.h"
#include "services/identity/rpc/repetition.h"
#include "services/identity/rpc/staff_event.h"

namespace portal::identity {
namespace {

audit::Event EventAbout(const rpc::Context& context, const Clinic& clinic) {
  audit::Event event = context.AuditEvent();
  event.clinic_id = clinic.clinic_id;
  event.resource_kind = "clinic";
  event.resource_id = clinic.clinic_id.ToString();
  return event;
}

absl::StatusOr<ClinicChange> ChangeOf(const v1::UpdateClinicRequest& request) {
  const v1::Clinic& clinic = request.clinic();
  ClinicChange change;
  status::FieldViolations violations;
  for (const std::string& path : request.update_mask().paths()) {
    if (path == "display_name") {
      change.display_name = clinic.display_name();
    } else if (path == "time_zone") {
      change.time_zone = clinic.time_zone();
    } else if (path == "notice_email") {
      change.notice_email = clinic.notice_email();
    } else if (path == "language") {
      change.language = clinic.language();
    } else if (path == "second_factor_required") {
      change.second_factor_required = clinic.second_factor_required();
    } else {
      violations.Add("update_mask",
                     "may name display_name, time_zone, notice_email, language, "
                     "second_factor_required");
    }
  }
  if (request.update_mask().paths().empty()) {
    violations.Add("update_mask", "must name at least one field");
  }
  violations.Add(CheckChange(change));
  if (clinic.etag().empty()) violations.Add("clinic.etag", "is required");
  RETURN_IF_ERROR(violations.ToStatus());
  return change;
}

}  // namespace

ClinicHandlers::ClinicHandlers(const Dependencies& dependencies)
    : deps_(dependencies),
      page_tokens_(dependencies.sealer),
      accounts_(dependencies.pool),
      clinics_(dependencies.pool),
      staff_(dependencies.pool),
      sessions_(dependencies.pool),
      factors_(dependencies.pool),
      attempts_(dependencies.pool, dependencies.clock),
      passwords_(dependencies.hasher, accounts_, attempts_),
      directory_(dependencies.pool, dependencies.outbox),
      mails_(dependencies.outbox, dependencies.portal_base_url) {}

absl::StatusOr<v1::Clinic> ClinicHandlers::CreateClinic(const rpc::Context& context,
                                                        const v1::CreateClinicRequest& request) {
  Clinic clinic = {.slug = request.clinic().slug(),
                   .display_name = request.clinic().display_name(),
                   .time_zone = request.clinic().time_zone(),
                   .notice_email = request.clinic().notice_email(),
                   .language = request.clinic().language(),
                   .second_factor_required = request.clinic().second_factor_required()};
  if (clinic.notice_email.empty()) clinic.notice_email = request.owner_email();
  if (clinic.language.empty()) clinic.language = "en";
  ASSIGN_OR_RETURN(const Email owner_email, Email::Parse("owner_email", request.owner_email()));
  RETURN_IF_ERROR(CheckClinic(clinic));
  const auto create = [&](db::Transaction& transaction) -> absl::StatusOr<v1::Clinic> {
    clinic.clinic_id = id::ClinicId::New(deps_.clock);
    clinic.created_at = deps_.clock.Now();
    RETURN_IF_ERROR(clinics_.Create(transaction, clinic));
    AnnounceClinic(transaction, deps_.outbox, clinic);
    RETURN_IF_ERROR(audit::Append(transaction, deps_.clock, {EventAbout(context, clinic)}));
    RETURN_IF_ERROR(
        Invite(transaction, context, clinic, owner_email, {StaffRole::kOwner}).status());
    return ToProto(clinic);
  };
  return deps_.idempotency.Run<v1::Clinic>(
      deps_.pool, rpc::CallOf(context), rpc::KeyOf(context, request.request_id()), request, create);
}

absl::StatusOr<v1::Clinic> ClinicHandlers::GetClinic(const rpc::Context& context,
                                                     const v1::GetClinicRequest& request) {
  static_cast<void>(request);
  ASSIGN_OR_RETURN(const std::optional<Clinic> clinic,
                   clinics_.Find(rpc::CallOf(context), context.clinic_id()));
  if (!clinic.has_value()) return ClinicNotFound();
  return ToProto(*clinic);
}

absl::StatusOr<v1::Clinic> ClinicHandlers::UpdateClinic(const rpc::Context& context,
                                                        const v1::UpdateClinicRequest& request) {
  ASSIGN_OR_RETURN(const ClinicChange change, ChangeOf(request));
  const auto update = [&](db::Transaction& transaction) -> absl::StatusOr<v1::Clinic> {
    ASSIGN_OR_RETURN(const Clinic before, LockAsOwner(transaction, context, clinics_, staff_));
    RETURN_IF_ERROR(CheckEtag(before, request.clinic().etag()));
    const Clinic after = Changed(before, change);
    if (after.second_factor_required && !before.second_factor_required &&
        !sessions_.HasSecondFactor(transaction, context.session_id())) {
      return SecondFactorNeeded();
    }
    RETURN_IF_ERROR(clinics_.Update(transaction, after));
    AnnounceClinic(transaction, deps_.outbox, after);
    RETURN_IF_ERROR(audit::Append(transaction, deps_.clock, {EventAbout(context, after)}));
    return ToProto(after);
  };
  return deps_.idempotency.Run<v1::Clinic>(
      deps_.pool, rpc::CallOf(context), rpc::KeyOf(context, request.request_id()), request, update);
}

absl::StatusOr<v1::StaffMember> ClinicHandlers::InviteStaffMember(
    const rpc::Context& context, const v1::InviteStaffMemberRequest& request) {
  ASSIGN_OR_RETURN(const Email email, Email::Parse("email", request.email()));
  ASSIGN_OR_RETURN(const StaffRoles roles, RolesOf("roles", request.roles()));
  const auto invite = [&](db::Transaction& transaction) -> absl::StatusOr<v1::StaffMember> {
    ASSIGN_OR_RETURN(const Clinic clinic, LockAsOwner(transaction, context, clinics_, staff_));
    RETURN_IF_ERROR(attempts_.Admit(transaction, InvitationAttempt(email)));
    ASSIGN_OR_RETURN(const StaffMember member, Invite(transaction, context, clinic, email, roles));
    return ToProto(member);
  };
  return deps_.idempotency.Run<v1::StaffMember>(
      deps_.pool, rpc::CallOf(context), rpc::KeyOf(context, request.request_id()), request, invite);
}

absl::StatusOr<StaffMember> ClinicHandlers::Invite(db::Transaction& transaction,
                                                   const rpc::Context& context,
                                                   const Clinic& clinic, const Email& email,
                                                   StaffRoles roles) {
  const std::string token = crypto::RandomToken();
  const absl::Time now = deps_.clock.Now();
  ASSIGN_OR_RETURN(StaffMember member,
                   staff_.Invite(transaction,
                                 {.staff_member_id = StaffMemberId::New(deps_.clock),
                                  .clinic_id = clinic.clinic_id,
                                  .roles = roles,
                                  .created_at = now},
                                 email, crypto::Sha256(token), now + kInvitationLifetime));
  mails_.SendStaffInvitation(transaction, email, clinic, token);
  RETURN_IF_ERROR(audit::Append(transaction, deps_.clock, {EventAbout(context, member)}));
  return member;
}

absl::StatusOr<v1::ListStaffMembersResponse> ClinicHandlers::ListStaffMembers(
    const rpc::Context& context, const v1::ListStaffMembersRequest& request) {
  ASSIGN_OR_RETURN(const int page_size,
                   rpc::PageSize(request.page_size(), kDefaultPageSize, kMaxPageSize));
  ASSIGN_OR_RETURN(const std::vector<std::string> position,
                   page_tokens_.Parse(request, request.page_token(), 1));
  ASSIGN_OR_RETURN(const std::optional<StaffMemberId> after,
                   rpc::IdPosition<StaffMemberId>(position));
  ASSIGN_OR_RETURN(std::vector<StaffMember> members,
                   staff_.List(rpc::CallOf(context), context.clinic_id(),
                               after.value_or(StaffMemberId()), page_size + 1));
  v1::ListStaffMembersResponse response;
  if (members.size() > page_size) {
    members.resize(page_size);
    response.set_next_page_token(
        page_tokens_.Make(request, {members.back().staff_member_id.ToString()}));
  }
  for (const StaffMember& member : members) *response.add_staff_members() = ToProto(member);
  return response;
}

absl::StatusOr<v1::AcceptStaffInvitationResponse> ClinicHandlers::AcceptStaffInvitation(
    const rpc::Context& context, const v1::AcceptStaffInvitationRequest& request) {
  using Response = v1::AcceptStaffInvitationResponse;
  RETURN_IF_ERROR(CheckDisplayName("display_name", request.display_name()));
  const db::CallOptions call = rpc::CallOf(context);
  const idempotency::Key key = rpc::KeyOf(context, request.request_id());
  const v1::AcceptStaffInvitationRequest repeatable = WithoutSecrets(request);
  ASSIGN_OR_RETURN(std::optional<Response> recorded,
                   deps_.idempotency.Find<Response>(deps_.pool, call, key, repeatable));
  if (recorded.has_value()) return *std::move(recorded);

  const std::string token_hash = crypto::Sha256(request.token());
  const absl::StatusOr<Acceptor> acceptor = Authenticate(call, token_hash, request.password());
  if (!IsSettled(acceptor.status())) return acceptor.status();
  return deps_.idempotency.Run<Response>(
      deps_.pool, call, key, repeatable,
      [&](db::Transaction& transaction) -> absl::StatusOr<Response> {
        // Said here: a copy whose first one used the link meanwhile gets that one's answer instead.
        RETURN_IF_ERROR(acceptor.status());
        ASSIGN_OR_RETURN(const StaffMember member, Accept(transaction, context, token_hash,
                                                          *acceptor, request.display_name()));
        Response response;
        *response.mutable_staff_member() = ToProto(member);
        return response;
      });
}

absl::StatusOr<ClinicHandlers::Acceptor> ClinicHandlers::Authenticate(const db::CallOptions& call,
                                                                      const std::string& token_hash,
                                                                      const std::string& password) {
  ASSIGN_OR_RETURN(const Invitation invitation,
                   staff_.FindInvitation(call, token_hash, deps_.clock.Now()));
  if (!invitation.account.has_value()) {
    RETURN_IF_ERROR(deps_.password_policy.Check(password));
    ASSIGN_OR_RETURN(std::string hash, deps_.hasher.Hash(password));
    return Acceptor{.account_id = id::AccountId::New(deps_.clock),
                    .password_hash = std::move(hash),
                    .is_new = true};
  }
  RETURN_IF_ERROR(PasswordPolicy::CheckLength("password", password));
  ASSIGN_OR_RETURN(const PasswordMatch match, passwords_.Check(call, invitation.email, password));
  if (!match.account.has_value()) return CredentialsRejected();
  return Acceptor{.account_id = match.account->account_id,
                  .password_hash = match.account->password_hash,
                  .is_new = false};
}

absl::StatusOr<StaffMember> ClinicHandlers::Accept(db::Transaction& transaction,
                                                   const rpc::Context& context,
                                                   const std::string& token_hash,
                                                   const Acceptor& acceptor,
                                                   const std::string& display_name) {
  const absl::Time now = deps_.clock.Now();
  ASSIGN_OR_RETURN(const Invitation invitation,
                   staff_.LockInvitation(transaction, token_hash, now));
  if (acceptor.is_new) {
    RETURN_IF_ERROR(accounts_.Create(transaction, acceptor.account_id, invitation.email,
                                     acceptor.password_hash, now));
    RETURN_IF_ERROR(directory_.Tell(transaction, acceptor.account_id));
  } else {
    // What was verified may be another's address, or another password, by now.
    if (!invitation.account.has_value() || invitation.account->account_id != acceptor.account_id) {
      return status::Contention();
    }
    RETURN_IF_ERROR(
        accounts_.Lock(transaction, acceptor.account_id, acceptor.password_hash).status());
    RETURN_IF_ERROR(ForgetAttempts(transaction, factors_, attempts_, acceptor.account_id,
                                   SignInAttempt(invitation.email)));
  }
  ASSIGN_OR_RETURN(StaffMember member,
                   staff_.Accept(transaction, token_hash, acceptor.account_id, display_name));
  audit::Event event = EventAbout(context, member);
  event.actor_kind = audit::ActorKind::kAccount;
  event.actor_id = acceptor.account_id;
  RETURN_IF_ERROR(audit::Append(transaction, deps_.clock, {event}));
  return member;
}

}  // namespace portal::identity
