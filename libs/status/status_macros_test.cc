#include "libs/status/status_macros.h"

#include <map>
#include <memory>
#include <string>

#include "gtest/gtest.h"

namespace portal::status {
namespace {

absl::Status Check(const absl::Status& first, int& reached) {
  RETURN_IF_ERROR(first);
  ++reached;
  return absl::OkStatus();
}

TEST(ReturnIfErrorTest, GoesOnWhenOk) {
  int reached = 0;
  EXPECT_TRUE(Check(absl::OkStatus(), reached).ok());
  EXPECT_EQ(reached, 1);
}

TEST(ReturnIfErrorTest, LeavesWithTheSameStatus) {
  int reached = 0;
  absl::Status error = absl::NotFoundError("gone");
  error.SetPayload("type", absl::Cord("detail"));
  EXPECT_EQ(Check(error, reached), error);
  EXPECT_EQ(reached, 0);
}

TEST(ReturnIfErrorTest, EvaluatesItsExpressionOnce) {
  int calls = 0;
  const auto run = [&calls]() -> absl::Status {
    RETURN_IF_ERROR([&calls] {
      ++calls;
      return absl::AbortedError("");
    }());
    return absl::OkStatus();
  };
  EXPECT_EQ(run().code(), absl::StatusCode::kAborted);
  EXPECT_EQ(calls, 1);
}

absl::StatusOr<int> Sum(const absl::StatusOr<int>& left, const absl::StatusOr<int>& right) {
  ASSIGN_OR_RETURN(const int first, left);
  int second = 0;
  ASSIGN_OR_RETURN(second, right);
  return first + second;
}

TEST(AssignOrReturnTest, AssignsToDeclarationsAndVariables) { EXPECT_EQ(*Sum(2, 3), 5); }

TEST(AssignOrReturnTest, LeavesWithTheFirstError) {
  EXPECT_EQ(Sum(absl::AbortedError("a"), absl::NotFoundError("b")).status(),
            absl::AbortedError("a"));
  EXPECT_EQ(Sum(1, absl::NotFoundError("b")).status(), absl::NotFoundError("b"));
}

TEST(AssignOrReturnTest, MovesTheValue) {
  const auto run = []() -> absl::StatusOr<std::unique_ptr<int>> {
    ASSIGN_OR_RETURN(auto value, absl::StatusOr<std::unique_ptr<int>>(std::make_unique<int>(7)));
    return value;
  };
  EXPECT_EQ(**run(), 7);
}

TEST(AssignOrReturnTest, TakesExpressionsWithCommas) {
  const auto run = []() -> absl::Status {
    ASSIGN_OR_RETURN(const auto map,
                     absl::StatusOr<std::map<int, int>>(std::map<int, int>{{1, 2}}));
    return map.at(1) == 2 ? absl::OkStatus() : absl::InternalError("");
  };
  EXPECT_TRUE(run().ok());
}

}  // namespace
}  // namespace portal::status
