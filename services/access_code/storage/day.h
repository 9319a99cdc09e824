#ifndef SERVICES_ACCESS_CODE_STORAGE_DAY_H_
#define SERVICES_ACCESS_CODE_STORAGE_DAY_H_

#include <cstdint>
#include <optional>

#include "absl/time/civil_time.h"

namespace portal::access_code {

// A date crosses the wire as its number of days since 1970-01-01; none as NULL.
inline std::optional<int64_t> DayNumber(const std::optional<absl::CivilDay>& day) {
  if (!day.has_value()) return std::nullopt;
  return *day - absl::CivilDay(1970, 1, 1);
}

}  // namespace portal::access_code

#endif  // SERVICES_ACCESS_CODE_STORAGE_DAY_H_
