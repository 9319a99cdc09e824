#ifndef LIBS_TESTING_STATUS_MATCHERS_H_
#define LIBS_TESTING_STATUS_MATCHERS_H_

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/status/errors.h"

// Assertions on absl::Status and absl::StatusOr. Tests look at codes and reasons, never at
// messages.
namespace portal::testing {

inline const absl::Status& StatusOf(const absl::Status& status) { return status; }

template <typename T>
const absl::Status& StatusOf(const absl::StatusOr<T>& result) {
  return result.status();
}

// EXPECT_THAT(store.Save(chart), IsOk());
MATCHER(IsOk, negation ? "is not OK" : "is OK") {
  *result_listener << StatusOf(arg).ToString();
  return arg.ok();
}

// EXPECT_THAT(Redeem(code), FailsWith(absl::StatusCode::kInvalidArgument, "ACCESS_CODE_REJECTED"));
MATCHER_P2(FailsWith, code, reason,
           std::string(negation ? "does not fail" : "fails") + " with " +
               absl::StatusCodeToString(code) + " and reason " + std::string(reason)) {
  *result_listener << StatusOf(arg).ToString();
  return StatusOf(arg).code() == code && status::ReasonOf(StatusOf(arg)) == reason;
}

}  // namespace portal::testing

#define EXPECT_OK(...) EXPECT_THAT((__VA_ARGS__), ::portal::testing::IsOk())
#define ASSERT_OK(...) ASSERT_THAT((__VA_ARGS__), ::portal::testing::IsOk())

// ASSERT_OK_AND_ASSIGN(const Grant grant, store.Find(id));
#define ASSERT_OK_AND_ASSIGN(lhs, ...) \
  PORTAL_ASSERT_OK_AND_ASSIGN_(PORTAL_RESULT_NAME_(portal_result_, __COUNTER__), lhs, __VA_ARGS__)

#define PORTAL_ASSERT_OK_AND_ASSIGN_(result, lhs, ...) \
  auto result = (__VA_ARGS__);                         \
  ASSERT_THAT(result, ::portal::testing::IsOk());      \
  lhs = *std::move(result)

#define PORTAL_RESULT_NAME_(prefix, number) PORTAL_RESULT_JOIN_(prefix, number)
#define PORTAL_RESULT_JOIN_(prefix, number) prefix##number

#endif  // LIBS_TESTING_STATUS_MATCHERS_H_
