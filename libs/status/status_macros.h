#ifndef LIBS_STATUS_STATUS_MACROS_H_
#define LIBS_STATUS_STATUS_MACROS_H_

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

// Leaves the enclosing function, which returns absl::Status or absl::StatusOr, with the status of
// `expr` unless OK.
#define RETURN_IF_ERROR(...)                                                 \
  do {                                                                       \
    if (absl::Status portal_status_ = (__VA_ARGS__); !portal_status_.ok()) { \
      return portal_status_;                                                 \
    }                                                                        \
  } while (false)

// Evaluates an absl::StatusOr; leaves the enclosing function with its status, or moves its value
// into `lhs`, which is a declaration or an assignable expression. A declaration with a comma in it
// is not possible: use a type alias.
//   ASSIGN_OR_RETURN(const AccountId account, AccountId::Parse("account_id",
//   request.account_id()));
#define ASSIGN_OR_RETURN(lhs, ...) \
  PORTAL_ASSIGN_OR_RETURN_(PORTAL_STATUS_NAME_(portal_status_or_, __COUNTER__), lhs, __VA_ARGS__)

#define PORTAL_ASSIGN_OR_RETURN_(result, lhs, ...)     \
  auto result = (__VA_ARGS__);                         \
  if (!result.ok()) return std::move(result).status(); \
  lhs = *std::move(result)

#define PORTAL_STATUS_NAME_(prefix, number) PORTAL_STATUS_JOIN_(prefix, number)
#define PORTAL_STATUS_JOIN_(prefix, number) prefix##number

#endif  // LIBS_STATUS_STATUS_MACROS_H_
