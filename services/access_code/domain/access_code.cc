#include "services/access_code/domain/access_code.h"

#include "absl/strings/str_cat.h"
#include "libs/status/errors.h"
#include "services/access_code/domain/limits.h"

namespace portal::access_code {

AccessCodeState StateAt(const AccessCode& code, absl::Time now) {
  if (code.redeemed_at.has_value()) return AccessCodeState::kRedeemed;
  if (code.cancelled_at.has_value()) return AccessCodeState::kCancelled;
  if (code.birth_date_tries >= kBirthDateTries) return AccessCodeState::kLocked;
  return code.expires_at <= now ? AccessCodeState::kExpired : AccessCodeState::kLive;
}

absl::StatusOr<absl::Duration> ValidityOfDays(int32_t days, int default_days) {
  if (days < 0 || days > kMaxValidityDays) {
    return status::InvalidField("validity_days",
                                absl::StrCat("must be 0 or 1 to ", kMaxValidityDays));
  }
  return absl::Hours(24) * (days == 0 ? default_days : days);
}

}  // namespace portal::access_code
