#ifndef SERVICES_ACCESS_CODE_STORAGE_HOLDER_RELATIONSHIP_H_
#define SERVICES_ACCESS_CODE_STORAGE_HOLDER_RELATIONSHIP_H_

#include "libs/db/row.h"
#include "services/access_code/domain/grant.h"

namespace portal::access_code {

// As the column holder_relationship of codes and grants has it.
inline const char* NameOf(HolderRelationship holder) {
  return holder == HolderRelationship::kSelf ? "self" : "other";
}

inline HolderRelationship HolderOf(const db::Row& row) {
  return row.Text("holder_relationship") == "self" ? HolderRelationship::kSelf
                                                   : HolderRelationship::kOther;
}

}  // namespace portal::access_code

#endif  // SERVICES_ACCESS_CODE_STORAGE_HOLDER_RELATIONSHIP_H_
