#ifndef SERVICES_ACCESS_CODE_DOMAIN_ACCESS_SETTINGS_H_
#define SERVICES_ACCESS_CODE_DOMAIN_ACCESS_SETTINGS_H_

#include <cstdint>

#include "absl/status/status.h"
#include "libs/id/ids.h"
#include "services/access_code/domain/limits.h"

namespace portal::access_code {

// What a clinic has settled about codes and grants; as made, of a clinic that has settled nothing.
struct AccessSettings {
  id::ClinicId clinic_id;
  int validity_days = kDefaultValidityDays;
  // Codes issued from now on demand the patient's birth date.
  bool birth_date_required = false;
  // The age at which grants of others than the patient end.
  int coming_of_age_years = kDefaultComingOfAgeYears;
  int64_t version = 1;  // rises with each change
};

// INVALID_FIELD naming what is out of its limits.
absl::Status CheckSettings(const AccessSettings& settings);

}  // namespace portal::access_code

#endif  // SERVICES_ACCESS_CODE_DOMAIN_ACCESS_SETTINGS_H_
