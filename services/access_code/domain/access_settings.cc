#include "services/access_code/domain/access_settings.h"

#include "absl/strings/str_cat.h"
#include "libs/status/errors.h"

namespace portal::access_code {

absl::Status CheckSettings(const AccessSettings& settings) {
  status::FieldViolations violations;
  if (settings.validity_days < 1 || settings.validity_days > kMaxValidityDays) {
    violations.Add("access_settings.validity_days",
                   absl::StrCat("must be 1 to ", kMaxValidityDays));
  }
  if (settings.coming_of_age_years < kMinComingOfAgeYears ||
      settings.coming_of_age_years > kMaxComingOfAgeYears) {
    violations.Add("access_settings.coming_of_age_years",
                   absl::StrCat("must be ", kMinComingOfAgeYears, " to ", kMaxComingOfAgeYears));
  }
  return violations.ToStatus();
}

}  // namespace portal::access_code
