#ifndef SERVICES_RECORDS_DOMAIN_DATE_H_
#define SERVICES_RECORDS_DOMAIN_DATE_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"

namespace portal::records {

// A day of the calendar from its parts; INVALID_FIELD naming `field` if one is missing (0) or there
// is no such day.
absl::StatusOr<absl::CivilDay> FullDate(absl::string_view field, int year, int month, int day);

// The latest day that it is anywhere on Earth at `now`: UTC+14 is the easternmost time zone. Nobody
// was born after it.
absl::CivilDay LatestToday(absl::Time now);

}  // namespace portal::records

#endif  // SERVICES_RECORDS_DOMAIN_DATE_H_
