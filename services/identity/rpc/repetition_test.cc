#include "services/identity/rpc/repetition.h"

#include "gtest/gtest.h"
#include "services/identity/domain/errors.h"

namespace portal::identity {
namespace {

TEST(IsSettledTest, WhatIsSaidOfTheLinkAndThePasswordIs) {
  EXPECT_TRUE(IsSettled(absl::OkStatus()));
  EXPECT_TRUE(IsSettled(LinkRejected()));
  EXPECT_TRUE(IsSettled(CredentialsRejected()));
  EXPECT_TRUE(IsSettled(PasswordUnacceptable("too_short", "too short")));
  EXPECT_TRUE(IsSettled(status::InvalidField("password", "must not be empty")));
}

TEST(IsSettledTest, FailureOfFindingOutIsNot) {
  EXPECT_FALSE(IsSettled(status::CommitInDoubt()));
  EXPECT_FALSE(IsSettled(status::DependencyUnavailable("the database")));
  EXPECT_FALSE(IsSettled(status::DeadlineExceeded()));
  EXPECT_FALSE(IsSettled(status::Cancelled()));
  EXPECT_FALSE(IsSettled(status::Overloaded(absl::Seconds(1))));
  EXPECT_FALSE(IsSettled(status::Internal("out of memory")));
  EXPECT_FALSE(IsSettled(absl::UnknownError("no reason")));
}

}  // namespace
}  // namespace portal::identity
