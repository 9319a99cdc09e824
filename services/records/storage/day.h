#ifndef SERVICES_RECORDS_STORAGE_DAY_H_
#define SERVICES_RECORDS_STORAGE_DAY_H_

#include <cstdint>

#include "absl/time/civil_time.h"
#include "libs/db/row.h"

// A date crosses the wire as its number of days since 1970-01-01.
namespace portal::records {

inline constexpr absl::CivilDay kFirstDay(1970, 1, 1);

inline int64_t DayNumber(absl::CivilDay day) { return day - kFirstDay; }

inline absl::CivilDay DayOf(const db::Row& row, const char* column) {
  return kFirstDay + row.Int64(column);
}

}  // namespace portal::records

#endif  // SERVICES_RECORDS_STORAGE_DAY_H_
