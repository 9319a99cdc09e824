#include "services/access_code/rpc/convert.h"

#include "google/protobuf/timestamp.pb.h"
#include "google/protobuf/util/time_util.h"

namespace portal::access_code {
namespace {

google::protobuf::Timestamp ToProto(absl::Time time) {
  return google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(time));
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
  }
  return v1::ACCESS_CODE_STATE_UNSPECIFIED;
}

}  // namespace

v1::AccessCode ToProto(const AccessCode& code, absl::Time now) {
  v1::AccessCode proto;
  proto.set_access_code_id(code.id.ToString());
  proto.set_clinic_id(code.clinic_id.ToString());
  proto.set_patient_id(code.patient_id.ToString());
  proto.set_state(ToProto(StateAt(code, now)));
  proto.set_issuer_account_id(code.issuer.ToString());
  *proto.mutable_create_time() = ToProto(code.created_at);
  *proto.mutable_expire_time() = ToProto(code.expires_at);
  if (code.redeemer.has_value()) proto.set_redeemer_account_id(code.redeemer->ToString());
  if (code.redeemed_at.has_value()) *proto.mutable_redeem_time() = ToProto(*code.redeemed_at);
  if (code.cancelled_at.has_value()) *proto.mutable_cancel_time() = ToProto(*code.cancelled_at);
  return proto;
}

v1::Grant ToProto(const Grant& grant) {
  v1::Grant proto;
  proto.set_grant_id(grant.id.ToString());
  proto.set_clinic_id(grant.clinic_id.ToString());
  proto.set_patient_id(grant.patient_id.ToString());
  proto.set_account_id(grant.account_id.ToString());
  proto.set_access_code_id(grant.access_code_id.ToString());
  proto.set_state(grant.revoked_at.has_value() ? v1::GRANT_STATE_REVOKED : v1::GRANT_STATE_ACTIVE);
  *proto.mutable_create_time() = ToProto(grant.created_at);
  if (grant.revoked_at.has_value()) *proto.mutable_revoke_time() = ToProto(*grant.revoked_at);
  return proto;
}

v1::AccessiblePatient ToProto(const AccessiblePatient& patient) {
  v1::AccessiblePatient proto;
  proto.set_patient_id(patient.patient_id.ToString());
  proto.set_clinic_id(patient.clinic_id.ToString());
  proto.set_display_name(patient.display_name);
  proto.set_grant_id(patient.grant_id.ToString());
  *proto.mutable_grant_time() = ToProto(patient.granted_at);
  return proto;
}

v1::AccessGranted ToEvent(const AccessiblePatient& patient, const id::AccountId& account_id) {
  v1::AccessGranted event;
  event.set_grant_id(patient.grant_id.ToString());
  event.set_clinic_id(patient.clinic_id.ToString());
  event.set_patient_id(patient.patient_id.ToString());
  event.set_account_id(account_id.ToString());
  *event.mutable_grant_time() = ToProto(patient.granted_at);
  return event;
}

}  // namespace portal::access_code
