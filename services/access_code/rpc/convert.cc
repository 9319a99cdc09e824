#include "services/access_code/rpc/convert.h"

#include "absl/strings/str_cat.h"
#include "libs/rpc/timestamp.h"
#include "libs/status/errors.h"
#include "libs/status/status_macros.h"
#include "services/access_code/domain/birth_date.h"

namespace portal::access_code {
namespace {

v1::HolderRelationship ToProto(HolderRelationship holder) {
  return holder == HolderRelationship::kSelf ? v1::HOLDER_RELATIONSHIP_SELF
                                             : v1::HOLDER_RELATIONSHIP_OTHER;
}

v1::AccessCodeState ToProto(AccessCodeState state) {
  switch (state) {
    case AccessCodeState::kLive:
      return v1::ACCESS_CODE_STATE_LIVE;
    case AccessCodeState::kRedeemed:
      return v1::ACCESS_CODE_STATE_REDEEMED;
    case AccessCodeState::kExpired:
      return v1::ACCESS_CODE_STATE_EXPIRED;
    case AccessCodeState::kCancelled:
      return v1::ACCESS_CODE_STATE_CANCELLED;
    case AccessCodeState::kLocked:
      return v1::ACCESS_CODE_STATE_LOCKED;
  }
  return v1::ACCESS_CODE_STATE_UNSPECIFIED;
}

v1::GrantState ToProto(GrantState state) {
  switch (state) {
    case GrantState::kActive:
      return v1::GRANT_STATE_ACTIVE;
    case GrantState::kRevoked:
      return v1::GRANT_STATE_REVOKED;
    case GrantState::kEnded:
      return v1::GRANT_STATE_ENDED;
    case GrantState::kDropped:
      return v1::GRANT_STATE_DROPPED;
    case GrantState::kAccountClosed:
      return v1::GRANT_STATE_ACCOUNT_CLOSED;
    case GrantState::kMerged:
      return v1::GRANT_STATE_MERGED;
  }
  return v1::GRANT_STATE_UNSPECIFIED;
}

}  // namespace

v1::AccessReason ReasonOf(const Grant& grant, absl::Time now) {
  switch (StateAt(grant, now)) {
    case GrantState::kActive:
      return v1::ACCESS_REASON_GRANTED;
    case GrantState::kRevoked:
      return v1::ACCESS_REASON_REVOKED;
    case GrantState::kEnded:
      return v1::ACCESS_REASON_ENDED;
    case GrantState::kDropped:
      return v1::ACCESS_REASON_DROPPED;
    case GrantState::kAccountClosed:
      return v1::ACCESS_REASON_ACCOUNT_CLOSED;
    case GrantState::kMerged:
      return v1::ACCESS_REASON_NO_GRANT;
  }
  return v1::ACCESS_REASON_UNSPECIFIED;
}

v1::AccessCode ToProto(const AccessCode& code, absl::Time now) {
  v1::AccessCode proto;
  proto.set_access_code_id(code.id.ToString());
  proto.set_clinic_id(code.clinic_id.ToString());
  proto.set_patient_id(code.patient_id.ToString());
  proto.set_state(ToProto(StateAt(code, now)));
  proto.set_issuer_account_id(code.issuer.ToString());
  *proto.mutable_create_time() = rpc::ToProto(code.created_at);
  *proto.mutable_expire_time() = rpc::ToProto(code.expires_at);
  if (code.redeemer.has_value()) proto.set_redeemer_account_id(code.redeemer->ToString());
  if (code.redeemed_at.has_value()) *proto.mutable_redeem_time() = rpc::ToProto(*code.redeemed_at);
  if (code.cancelled_at.has_value())
    *proto.mutable_cancel_time() = rpc::ToProto(*code.cancelled_at);
  proto.set_birth_date_demanded(code.birth_date_demanded);
  if (code.merged_from.has_value()) proto.set_merged_from_patient_id(code.merged_from->ToString());
  if (code.form_assignment_id.has_value()) {
    proto.set_kind(v1::ACCESS_CODE_KIND_SMART_FORM);
    proto.set_form_assignment_id(code.form_assignment_id->ToString());
  } else {
    proto.set_kind(v1::ACCESS_CODE_KIND_MEDICAL_RECORDS);
    proto.set_holder_relationship(ToProto(code.holder));
  }
  return proto;
}

v1::Grant ToProto(const Grant& grant, absl::Time now) {
  v1::Grant proto;
  proto.set_grant_id(grant.id.ToString());
  proto.set_clinic_id(grant.clinic_id.ToString());
  proto.set_patient_id(grant.patient_id.ToString());
  proto.set_account_id(grant.account_id.ToString());
  proto.set_access_code_id(grant.access_code_id.ToString());
  proto.set_state(ToProto(StateAt(grant, now)));
  *proto.mutable_create_time() = rpc::ToProto(grant.created_at);
  if (grant.ended_at.has_value() && grant.end != GrantEnd::kReached) {
    *proto.mutable_revoke_time() = rpc::ToProto(*grant.ended_at);
  }
  if (grant.ends_at.has_value()) *proto.mutable_end_time() = rpc::ToProto(*grant.ends_at);
  proto.set_holder_relationship(ToProto(grant.holder));
  if (grant.of_age_at.has_value()) *proto.mutable_of_age_time() = rpc::ToProto(*grant.of_age_at);
  proto.set_kept_of_age(grant.kept_of_age);
  if (grant.merged_from.has_value()) {
    proto.set_merged_from_patient_id(grant.merged_from->ToString());
  }
  return proto;
}

v1::AccessiblePatient ToProto(const AccessiblePatient& patient) {
  v1::AccessiblePatient proto;
  proto.set_patient_id(patient.patient_id.ToString());
  proto.set_clinic_id(patient.clinic_id.ToString());
  proto.set_display_name(patient.display_name);
  proto.set_grant_id(patient.grant_id.ToString());
  *proto.mutable_grant_time() = rpc::ToProto(patient.granted_at);
  if (patient.ends_at.has_value()) *proto.mutable_end_time() = rpc::ToProto(*patient.ends_at);
  return proto;
}

v1::AccessSettings ToProto(const AccessSettings& settings) {
  v1::AccessSettings proto;
  proto.set_clinic_id(settings.clinic_id.ToString());
  proto.set_validity_days(settings.validity_days);
  proto.set_birth_date_required(settings.birth_date_required);
  proto.set_coming_of_age_years(settings.coming_of_age_years);
  proto.set_etag(absl::StrCat(settings.version));
  return proto;
}

absl::StatusOr<HolderRelationship> ParseHolder(absl::string_view field,
                                               v1::HolderRelationship holder) {
  switch (holder) {
    case v1::HOLDER_RELATIONSHIP_SELF:
      return HolderRelationship::kSelf;
    case v1::HOLDER_RELATIONSHIP_UNSPECIFIED:
    case v1::HOLDER_RELATIONSHIP_OTHER:
      return HolderRelationship::kOther;
    default:
      return status::InvalidField(field, "is not one that this version knows");
  }
}

absl::StatusOr<std::optional<absl::CivilDay>> ParseBirthDate(absl::string_view field, bool present,
                                                             const google::type::Date& date) {
  if (!present) return std::nullopt;
  return BirthDate(field, date.year(), date.month(), date.day());
}

}  // namespace portal::access_code
