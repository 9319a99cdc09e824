#include "services/identity/rpc/staff_handlers.h"

#include <optional>
#include <string>
#include <utility>

#include "libs/audit/event.h"
#include "libs/crypto/digest.h"
#include "libs/crypto/random.h"
#include "libs/rpc/call.h"
#include "libs/status/errors.h"
#include "libs/status/status_macros.h"
#include "services/identity/domain/email.h"
#include "services/identity/domain/errors.h"
#include "services/identity/domain/limits.h"
#include "services/identity/rpc/clinic_owner.h"
#include "services/identity/rpc/convert.h"
#include "services/identity/rpc/staff_event.h"

namespace portal::identity {

StaffHandlers::StaffHandlers(const Dependencies& dependencies)
    : deps_(dependencies),
      clinics_(dependencies.pool),
      staff_(dependencies.pool),
      accounts_(dependencies.pool),
      factors_(dependencies.pool),
      attempts_(dependencies.pool, dependencies.clock),
      mails_(dependencies.outbox, dependencies.portal_base_url),
      notices_(dependencies.outbox, dependencies.portal_base_url) {}

absl::StatusOr<v1::StaffMember> StaffHandlers::UpdateStaffMember(
    const rpc::Context& context, const v1::UpdateStaffMemberRequest& request) {
  ASSIGN_OR_RETURN(const StaffRoles roles, RolesOf("roles", request.roles()));
  if (request.etag().empty()) return status::InvalidField("etag", "is required");
  return ChangeOnce(context, request,
                    [&](db::Transaction& transaction, const Clinic&,
                        const LockedStaffMember& found) -> absl::StatusOr<StaffMember> {
                      RETURN_IF_ERROR(CheckEtag(found.member, request.etag()));
                      StaffMember after = found.member;
                      after.roles = roles;
                      return Store(transaction, found, std::move(after));
                    });
}

absl::StatusOr<v1::StaffMember> StaffHandlers::SuspendStaffMember(
    const rpc::Context& context, const v1::SuspendStaffMemberRequest& request) {
  return ChangeOnce(context, request,
                    [&](db::Transaction& transaction, const Clinic&,
                        const LockedStaffMember& found) -> absl::StatusOr<StaffMember> {
                      RETURN_IF_ERROR(CheckState(found.member, StaffState::kActive));
                      StaffMember after = found.member;
                      after.suspended_at = deps_.clock.Now();
                      return Store(transaction, found, std::move(after));
                    });
}

absl::StatusOr<v1::StaffMember> StaffHandlers::ReinstateStaffMember(
    const rpc::Context& context, const v1::ReinstateStaffMemberRequest& request) {
  return ChangeOnce(context, request,
                    [&](db::Transaction& transaction, const Clinic&,
                        const LockedStaffMember& found) -> absl::StatusOr<StaffMember> {
                      RETURN_IF_ERROR(CheckState(found.member, StaffState::kSuspended));
                      StaffMember after = found.member;
                      after.suspended_at.reset();
                      return Store(transaction, found, std::move(after));
                    });
}

absl::StatusOr<v1::RemoveStaffMemberResponse> StaffHandlers::RemoveStaffMember(
    const rpc::Context& context, const v1::RemoveStaffMemberRequest& request) {
  const auto remove = [&](db::Transaction& transaction, const Clinic&,
                          const LockedStaffMember& found) -> absl::StatusOr<StaffMember> {
    RETURN_IF_ERROR(CheckOwnerRemains(found.member, std::nullopt, found.has_other_owner));
    RETURN_IF_ERROR(staff_.Remove(transaction, found.member));
    return found.member;
  };
  RETURN_IF_ERROR(ChangeOnce(context, request, remove).status());
  return v1::RemoveStaffMemberResponse();
}

absl::StatusOr<v1::ResetStaffSecondFactorResponse> StaffHandlers::ResetStaffSecondFactor(
    const rpc::Context& context, const v1::ResetStaffSecondFactorRequest& request) {
  const auto reset = [&](db::Transaction& transaction, const Clinic&,
                         const LockedStaffMember& found) -> absl::StatusOr<StaffMember> {
    RETURN_IF_ERROR(CheckState(found.member, StaffState::kActive));
    // With a stolen session of the owner's it would be too easy.
    if (found.member.account_id == context.account_id()) return OwnSecondFactor();
    RETURN_IF_ERROR(EndSecondFactor(transaction, *found.member.account_id));
    return found.member;
  };
  RETURN_IF_ERROR(ChangeOnce(context, request, reset).status());
  return v1::ResetStaffSecondFactorResponse();
}

absl::StatusOr<v1::StaffMember> StaffHandlers::ResendStaffInvitation(
    const rpc::Context& context, const v1::ResendStaffInvitationRequest& request) {
  const auto resend = [&](db::Transaction& transaction, const Clinic& clinic,
                          const LockedStaffMember& found) -> absl::StatusOr<StaffMember> {
    RETURN_IF_ERROR(CheckState(found.member, StaffState::kInvited));
    ASSIGN_OR_RETURN(const Email email, Email::Parse("email", found.member.email));
    RETURN_IF_ERROR(attempts_.Admit(transaction, InvitationAttempt(email)));
    StaffMember after = found.member;
    after.created_at = deps_.clock.Now();
    ++after.version;
    const std::string token = crypto::RandomToken();
    RETURN_IF_ERROR(staff_.RenewInvitation(transaction, after, crypto::Sha256(token),
                                           after.created_at + kInvitationLifetime));
    mails_.SendStaffInvitation(transaction, email, clinic, token);
    return after;
  };
  return ChangeOnce(context, request, resend);
}

template <typename Request>
absl::StatusOr<v1::StaffMember> StaffHandlers::ChangeOnce(const rpc::Context& context,
                                                          const Request& request, Change change) {
  ASSIGN_OR_RETURN(const StaffMemberId staff_member_id,
                   StaffMemberId::Parse("staff_member_id", request.staff_member_id()));
  const auto run = [&](db::Transaction& transaction) -> absl::StatusOr<v1::StaffMember> {
    ASSIGN_OR_RETURN(const StaffMember member, Make(transaction, context, staff_member_id, change));
    return ToProto(member);
  };
  return deps_.idempotency.Run<v1::StaffMember>(
      deps_.pool, rpc::CallOf(context), rpc::KeyOf(context, request.request_id()), request, run);
}

absl::StatusOr<StaffMember> StaffHandlers::Make(db::Transaction& transaction,
                                                const rpc::Context& context,
                                                const StaffMemberId& staff_member_id,
                                                Change change) {
  ASSIGN_OR_RETURN(const Clinic clinic, LockAsOwner(transaction, context, clinics_, staff_));
  ASSIGN_OR_RETURN(const LockedStaffMember found,
                   staff_.Lock(transaction, context.clinic_id(), staff_member_id));
  ASSIGN_OR_RETURN(StaffMember after, change(transaction, clinic, found));
  RETURN_IF_ERROR(audit::Append(transaction, deps_.clock, {EventAbout(context, after)}));
  return after;
}

absl::Status StaffHandlers::EndSecondFactor(db::Transaction& transaction,
                                            const id::AccountId& account_id) {
  ASSIGN_OR_RETURN(const bool removed, factors_.Remove(transaction, account_id));
  if (!removed) return SecondFactorNotEnabled();
  ASSIGN_OR_RETURN(const std::optional<Account> account, accounts_.Find(transaction, account_id));
  if (!account.has_value()) return status::Internal("a member of a staff has no open account");
  ASSIGN_OR_RETURN(Email email, Email::Parse("email", account->email));
  notices_.SecondFactorChanged(transaction,
                               {.email = std::move(email), .language = account->language},
                               /*enabled=*/false);
  return absl::OkStatus();
}

absl::StatusOr<StaffMember> StaffHandlers::Store(db::Transaction& transaction,
                                                 const LockedStaffMember& found,
                                                 StaffMember after) {
  RETURN_IF_ERROR(CheckOwnerRemains(found.member, after, found.has_other_owner));
  ++after.version;
  RETURN_IF_ERROR(staff_.Update(transaction, after));
  return after;
}

}  // namespace portal::identity
