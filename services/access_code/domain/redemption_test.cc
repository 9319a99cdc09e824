#include "services/access_code/domain/redemption.h"

#include <optional>

#include "gtest/gtest.h"
#include "libs/testing/status_matchers.h"
#include "services/access_code/domain/errors.h"

namespace portal::access_code {
namespace {

using ::portal::testing::FailsWith;

TEST(RedemptionTest, ADeadCodeIsDeadWhateverTheAccountHolds) {
  for (const bool held : {false, true}) {
    EXPECT_EQ(RefusalOf({.redeemed = true, .held = held}), Refusal::kUsed);
    EXPECT_EQ(RefusalOf({.redeemed = true, .expired = true, .held = held}), Refusal::kUsed);
    EXPECT_EQ(RefusalOf({.cancelled = true, .expired = true, .held = held}), Refusal::kCancelled);
    EXPECT_EQ(RefusalOf({.expired = true, .held = held}), Refusal::kExpired);
  }
}

TEST(RedemptionTest, AHolderWithoutTheBirthDateIsNotToldOfTheGrant) {
  EXPECT_EQ(RefusalOf({.wrong_birth_date = true, .held = true}), Refusal::kBirthDate);
  EXPECT_EQ(RefusalOf({.locked = true, .wrong_birth_date = true, .held = true}), Refusal::kLocked);
  EXPECT_EQ(RefusalOf({.locked = true, .held = true}), Refusal::kLocked);
}

TEST(RedemptionTest, ALiveCodeIsRefusedOnlyToAHolder) {
  EXPECT_EQ(RefusalOf({.held = true}), Refusal::kGrantExists);
  EXPECT_EQ(RefusalOf({}), std::nullopt);
}

TEST(RedemptionTest, AllRefusalsOfACodeButGrantExistsAreOneAnswer) {
  for (const Refusal refusal : kRefusals) {
    if (refusal == Refusal::kGrantExists || refusal == Refusal::kAccountClosed) continue;
    EXPECT_THAT(ToStatus(refusal),
                FailsWith(absl::StatusCode::kInvalidArgument, "ACCESS_CODE_REJECTED"));
    EXPECT_EQ(ToStatus(refusal), AccessCodeRejected());
  }
  EXPECT_THAT(ToStatus(Refusal::kGrantExists),
              FailsWith(absl::StatusCode::kFailedPrecondition, "GRANT_EXISTS"));
  EXPECT_THAT(ToStatus(Refusal::kAccountClosed),
              FailsWith(absl::StatusCode::kUnauthenticated, "SESSION_ENDED"));
}

}  // namespace
}  // namespace portal::access_code
