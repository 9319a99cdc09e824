#include "services/identity/rpc/convert.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "libs/status/errors.h"
#include "services/identity/domain/text.h"

namespace portal::identity {
namespace {

// The numbers of the contract are those of the domain and of passports.
static_assert(static_cast<int>(StaffRole::kOwner) == policy::v1::STAFF_ROLE_OWNER);
static_assert(static_cast<int>(StaffRole::kPractitioner) == policy::v1::STAFF_ROLE_PRACTITIONER);
static_assert(static_cast<int>(StaffRole::kFrontDesk) == policy::v1::STAFF_ROLE_FRONT_DESK);
static_assert(static_cast<int>(StaffRole::kOwner) == static_cast<int>(auth::StaffRole::kOwner));
static_assert(static_cast<int>(StaffRole::kPractitioner) ==
              static_cast<int>(auth::StaffRole::kPractitioner));
static_assert(static_cast<int>(StaffRole::kFrontDesk) ==
              static_cast<int>(auth::StaffRole::kFrontDesk));

v1::StaffMemberState ToProto(StaffState state) {
  switch (state) {
    case StaffState::kInvited:
      return v1::STAFF_MEMBER_STATE_INVITED;
    case StaffState::kActive:
      return v1::STAFF_MEMBER_STATE_ACTIVE;
    case StaffState::kSuspended:
      return v1::STAFF_MEMBER_STATE_SUSPENDED;
  }
  return v1::STAFF_MEMBER_STATE_UNSPECIFIED;
}

// Scopes: a contract without protobuf, twice.
static_assert(static_cast<int>(ServiceScope::kPatientsRead) ==
              policy::v1::SERVICE_SCOPE_PATIENTS_READ);
static_assert(static_cast<int>(ServiceScope::kAccessWrite) ==
              policy::v1::SERVICE_SCOPE_ACCESS_WRITE);
static_assert(policy::v1::ServiceScope_MAX == policy::v1::SERVICE_SCOPE_ACCESS_WRITE);
static_assert(static_cast<int>(ServiceScope::kPatientsRead) ==
              static_cast<int>(auth::ServiceScope::kPatientsRead));
static_assert(static_cast<int>(ServiceScope::kAccessWrite) ==
              static_cast<int>(auth::ServiceScope::kAccessWrite));

template <typename Message>
void AddRoles(StaffRoles roles, Message& message) {
  for (StaffRole role : kAllStaffRoles) {
    if (roles.Has(role)) message.add_roles(static_cast<policy::v1::StaffRole>(role));
  }
}

}  // namespace

v1::Account ToProto(const Account& account, int terms_version) {
  v1::Account message;
  message.set_account_id(account.account_id.ToString());
  message.set_email(account.email);
  *message.mutable_create_time() = ToProto(account.created_at);
  message.set_language(account.language);
  if (account.terms.has_value()) {
    message.set_accepted_terms_version(account.terms->version);
    *message.mutable_accept_terms_time() = ToProto(account.terms->accepted_at);
  }
  message.set_current_terms_version(terms_version);
  return message;
}

v1::Clinic ToProto(const Clinic& clinic) {
  v1::Clinic message;
  message.set_clinic_id(clinic.clinic_id.ToString());
  message.set_slug(clinic.slug);
  message.set_display_name(clinic.display_name);
  message.set_time_zone(clinic.time_zone);
  *message.mutable_create_time() = ToProto(clinic.created_at);
  message.set_notice_email(clinic.notice_email);
  message.set_language(clinic.language);
  message.set_second_factor_required(clinic.second_factor_required);
  message.set_etag(EtagOf(clinic.version));
  return message;
}

v1::StaffMember ToProto(const StaffMember& member) {
  v1::StaffMember message;
  message.set_staff_member_id(member.staff_member_id.ToString());
  message.set_clinic_id(member.clinic_id.ToString());
  if (member.account_id.has_value()) message.set_account_id(member.account_id->ToString());
  message.set_state(ToProto(StateOf(member)));
  message.set_email(member.email);
  message.set_display_name(member.display_name);
  AddRoles(member.roles, message);
  *message.mutable_create_time() = ToProto(member.created_at);
  message.set_etag(EtagOf(member.version));
  return message;
}

v1::ServiceAccount ToProto(const ServiceAccount& account) {
  v1::ServiceAccount message;
  message.set_service_account_id(account.service_account_id.ToString());
  message.set_clinic_id(account.clinic_id.ToString());
  message.set_display_name(account.display_name);
  for (ServiceScope scope : kAllServiceScopes) {
    if (account.scopes.Has(scope)) message.add_scopes(static_cast<policy::v1::ServiceScope>(scope));
  }
  *message.mutable_create_time() = ToProto(account.created_at);
  *message.mutable_rotate_time() = ToProto(account.rotated_at);
  if (account.revoked_at.has_value()) {
    *message.mutable_revoke_time() = ToProto(*account.revoked_at);
  }
  return message;
}

v1::Session ToProto(const Session& session, const SessionLimits& limits) {
  v1::Session message;
  message.set_session_id(session.session_id.ToString());
  message.set_account_id(session.account_id.ToString());
  message.set_email(session.email);
  *message.mutable_create_time() = ToProto(session.created_at);
  *message.mutable_expire_time() = ToProto(session.expires_at);
  *message.mutable_idle_expire_time() = ToProto(IdleExpiresAt(session, limits));
  message.set_device(session.device);
  *message.mutable_last_seen_time() = ToProto(session.last_seen_at);
  if (session.second_factor_at.has_value()) {
    *message.mutable_second_factor_time() = ToProto(*session.second_factor_at);
  }
  for (const Membership& membership : session.memberships) {
    v1::ClinicMembership& added = *message.add_memberships();
    added.set_clinic_id(membership.clinic_id.ToString());
    added.set_clinic_display_name(membership.clinic_display_name);
    AddRoles(membership.roles, added);
    added.set_second_factor_needed(membership.second_factor_needed);
  }
  return message;
}

absl::StatusOr<StaffRoles> RolesOf(absl::string_view field,
                                   const google::protobuf::RepeatedField<int>& roles) {
  StaffRoles parsed;
  for (const int number : roles) {
    const auto role = static_cast<StaffRole>(number);
    const bool known =
        number != policy::v1::STAFF_ROLE_UNSPECIFIED && policy::v1::StaffRole_IsValid(number);
    if (!known || parsed.Has(role))
      return status::InvalidField(field, "must be roles, each given once");
    parsed.Add(role);
  }
  if (parsed.empty()) return status::InvalidField(field, "must have at least one role");
  return parsed;
}

absl::StatusOr<ServiceScopes> ScopesOf(absl::string_view field,
                                       const google::protobuf::RepeatedField<int>& scopes) {
  ServiceScopes parsed;
  for (const int number : scopes) {
    const auto scope = static_cast<ServiceScope>(number);
    const bool known =
        number != policy::v1::SERVICE_SCOPE_UNSPECIFIED && policy::v1::ServiceScope_IsValid(number);
    if (!known || parsed.Has(scope)) {
      return status::InvalidField(field, "must be scopes, each given once");
    }
    parsed.Add(scope);
  }
  if (parsed.empty()) return status::InvalidField(field, "must have at least one scope");
  return parsed;
}

auth::ServiceAccount ToAuth(const ServiceAccount& account) {
  auth::ServiceAccount converted = {.clinic_id = account.clinic_id};
  for (ServiceScope scope : kAllServiceScopes) {
    if (account.scopes.Has(scope)) converted.scopes.Add(static_cast<auth::ServiceScope>(scope));
  }
  return converted;
}

auth::StaffRoles ToAuth(StaffRoles roles) {
  auth::StaffRoles converted;
  for (StaffRole role : kAllStaffRoles) {
    if (roles.Has(role)) converted.Add(static_cast<auth::StaffRole>(role));
  }
  return converted;
}

}  // namespace portal::identity
