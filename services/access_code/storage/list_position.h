#ifndef SERVICES_ACCESS_CODE_STORAGE_LIST_POSITION_H_
#define SERVICES_ACCESS_CODE_STORAGE_LIST_POSITION_H_

#include "absl/time/time.h"
#include "libs/id/uuid.h"

namespace portal::access_code {

// The last row of a page of a list that is sorted newest first; as it is made, it stands before the
// first row.
struct ListPosition {
  // The end of the year 9999.
  absl::Time created_at = absl::FromUnixSeconds(253'402'300'799);
  id::Uuid id{id::Uuid::Bytes{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                              0xff, 0xff, 0xff, 0xff, 0xff}};
};

}  // namespace portal::access_code

#endif  // SERVICES_ACCESS_CODE_STORAGE_LIST_POSITION_H_
