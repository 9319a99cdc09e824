#include "services/access_code/domain/birth_date.h"

#include "libs/status/errors.h"
#include "services/access_code/domain/limits.h"

namespace portal::access_code {

absl::StatusOr<absl::CivilDay> BirthDate(absl::string_view field, int year, int month, int day) {
  // CivilDay takes any numbers and carries over: 31 April becomes 1 May.
  const absl::CivilDay date(year, month, day);
  if (year < kFirstBirthYear || year > kLastYear || date.year() != year || date.month() != month ||
      date.day() != day) {
    return status::InvalidField(field, "must be a full calendar date");
  }
  return date;
}

}  // namespace portal::access_code
