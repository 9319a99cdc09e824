#ifndef SERVICES_ACCESS_CODE_STORAGE_CONSTRAINT_ERRORS_H_
#define SERVICES_ACCESS_CODE_STORAGE_CONSTRAINT_ERRORS_H_

#include <functional>
#include <map>
#include <string>

#include "absl/status/status.h"

namespace portal::access_code {

// For db::PoolOptions: what callers are told when two changes at once would break an invariant.
std::map<std::string, std::function<absl::Status()>> ConstraintErrors();

}  // namespace portal::access_code

#endif  // SERVICES_ACCESS_CODE_STORAGE_CONSTRAINT_ERRORS_H_
