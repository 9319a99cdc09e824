#ifndef SERVICES_ACCESS_CODE_STORAGE_GRANT_ROW_H_
#define SERVICES_ACCESS_CODE_STORAGE_GRANT_ROW_H_

#include <vector>

#include "libs/db/session.h"
#include "services/access_code/domain/grant.h"

namespace portal::access_code {

// A grant as the statements that return one name its columns.
Grant GrantOf(const db::Row& row);
std::vector<Grant> GrantsOf(const db::Rows& rows);

}  // namespace portal::access_code

#endif  // SERVICES_ACCESS_CODE_STORAGE_GRANT_ROW_H_
