#include "services/messaging/domain/notice.h"

#include <algorithm>
#include <cstdint>

#include "services/messaging/domain/limits.h"

namespace portal::messaging {

absl::string_view ToString(Kind kind) {
  switch (kind) {
    case Kind::kVerifyEmail:
      return "verify_email";
    case Kind::kSignUpRepeated:
      return "sign_up_repeated";
    case Kind::kResetPassword:
      return "reset_password";
    case Kind::kPasswordChanged:
      return "password_changed";
    case Kind::kConfirmNewEmail:
      return "confirm_new_email";
    case Kind::kEmailChanged:
      return "email_changed";
    case Kind::kSecondFactorEnabled:
      return "second_factor_enabled";
    case Kind::kSecondFactorRemoved:
      return "second_factor_removed";
    case Kind::kSecondFactorRemovalRequested:
      return "second_factor_removal_requested";
    case Kind::kNewDeviceSignIn:
      return "new_device_sign_in";
    case Kind::kMailboxCode:
      return "mailbox_code";
    case Kind::kAccountClosed:
      return "account_closed";
    case Kind::kStaffInvitation:
      return "staff_invitation";
    case Kind::kEmailChangeRequested:
      return "email_change_requested";
    case Kind::kAccessCodeSent:
      return "access_code_sent";
    case Kind::kAccessCodeWithBirthDateSent:
      return "access_code_with_birth_date_sent";
    case Kind::kAccessGranted:
      return "access_granted";
    case Kind::kAccessGrantedAtClinic:
      return "access_granted_at_clinic";
    case Kind::kAccessEnded:
      return "access_ended";
    case Kind::kComingOfAgeAtClinic:
      return "coming_of_age_at_clinic";
    case Kind::kNewTreatmentPlan:
      return "new_treatment_plan";
  }
  return "unknown";
}

absl::Time UsefulUntil(const Notice& notice, absl::Time created_at) {
  switch (notice.kind) {
    case Kind::kVerifyEmail:
    case Kind::kResetPassword:
    case Kind::kConfirmNewEmail:
      return created_at + kLinkValidity;
    case Kind::kMailboxCode:
      return created_at + kMailboxCodeValidity;
    case Kind::kStaffInvitation:
      return created_at + kInvitationValidity;
    case Kind::kSecondFactorRemovalRequested:
    case Kind::kAccessCodeSent:
    case Kind::kAccessCodeWithBirthDateSent:
      return notice.time.value_or(absl::InfiniteFuture());
    default:
      return absl::InfiniteFuture();
  }
}

absl::Time CreatedAt(const id::Uuid& event_id, absl::Time now) {
  const id::Uuid::Bytes& bytes = event_id.bytes();
  if (bytes[6] >> 4 != 7) return now;
  // RFC 9562, 5.7: the first 48 bits are milliseconds since 1970.
  int64_t milliseconds = 0;
  for (int i = 0; i < 6; ++i) milliseconds = milliseconds << 8 | bytes[i];
  return std::min(absl::FromUnixMillis(milliseconds), now);
}

}  // namespace portal::messaging
