#ifndef SERVICES_ACCESS_CODE_DOMAIN_BIRTH_DATE_H_
#define SERVICES_ACCESS_CODE_DOMAIN_BIRTH_DATE_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"

namespace portal::access_code {

// INVALID_FIELD naming `field` unless it is a full calendar date of the years 1850 to 9999, as
// records keeps them.
absl::StatusOr<absl::CivilDay> BirthDate(absl::string_view field, int year, int month, int day);

}  // namespace portal::access_code

#endif  // SERVICES_ACCESS_CODE_DOMAIN_BIRTH_DATE_H_
