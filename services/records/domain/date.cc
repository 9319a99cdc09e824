#include "services/records/domain/date.h"

#include "libs/status/errors.h"

namespace portal::records {

absl::StatusOr<absl::CivilDay> FullDate(absl::string_view field, int year, int month, int day) {
  // CivilDay takes any numbers and carries over: 31 April becomes 1 May.
  const absl::CivilDay date(year, month, day);
  if (year < 1 || year > 9999 || date.year() != year || date.month() != month ||
      date.day() != day) {
    return status::InvalidField(field, "must be a full calendar date");
  }
  return date;
}

absl::CivilDay LatestToday(absl::Time now) {
  return absl::ToCivilDay(now + absl::Hours(14), absl::UTCTimeZone());
}

}  // namespace portal::records
