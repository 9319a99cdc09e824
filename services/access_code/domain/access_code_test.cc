#include "services/access_code/domain/access_code.h"

#include <cstdint>

#include "gtest/gtest.h"
#include "libs/testing/fake_clock.h"
#include "libs/testing/status_matchers.h"
#include "services/access_code/domain/limits.h"

namespace portal::access_code {
namespace {

using ::portal::testing::FailsWith;

const absl::Time kNow = testing::FakeClock().Now();

TEST(AccessCodeTest, IsLiveUntilTheMicrosecondBeforeItsExpiry) {
  AccessCode code;
  code.expires_at = kNow;
  EXPECT_EQ(StateAt(code, kNow - absl::Microseconds(1)), AccessCodeState::kLive);
  EXPECT_EQ(StateAt(code, kNow), AccessCodeState::kExpired);
}

TEST(AccessCodeTest, StaysRedeemedOrCancelledAfterItsExpiry) {
  AccessCode redeemed;
  redeemed.expires_at = kNow;
  redeemed.redeemed_at = kNow - absl::Hours(1);
  EXPECT_EQ(StateAt(redeemed, kNow + absl::Hours(1)), AccessCodeState::kRedeemed);
  AccessCode cancelled;
  cancelled.expires_at = kNow;
  cancelled.cancelled_at = kNow - absl::Hours(1);
  EXPECT_EQ(StateAt(cancelled, kNow + absl::Hours(1)), AccessCodeState::kCancelled);
}

TEST(AccessCodeTest, IsLockedAfterItsLastTryUnlessThatOneRedeemedIt) {
  AccessCode code;
  code.expires_at = kNow + absl::Hours(1);
  code.birth_date_demanded = true;
  code.birth_date_tries = kBirthDateTries - 1;
  EXPECT_EQ(StateAt(code, kNow), AccessCodeState::kLive);
  code.birth_date_tries = kBirthDateTries;
  EXPECT_EQ(StateAt(code, kNow), AccessCodeState::kLocked);
  code.redeemed_at = kNow;
  EXPECT_EQ(StateAt(code, kNow), AccessCodeState::kRedeemed);
}

TEST(ValidityOfDaysTest, CountsDaysOfTwentyFourHoursAndFallsBackToTheClinics) {
  EXPECT_EQ(ValidityOfDays(0, 7).value(), absl::Hours(7 * 24));
  EXPECT_EQ(ValidityOfDays(1, 7).value(), absl::Hours(24));
  EXPECT_EQ(ValidityOfDays(30, 7).value(), absl::Hours(30 * 24));
}

TEST(ValidityOfDaysTest, RefusesWhatIsOutsideTheLimits) {
  for (const int32_t days : {-1, 31, INT32_MIN, INT32_MAX}) {
    EXPECT_THAT(ValidityOfDays(days, 5),
                FailsWith(absl::StatusCode::kInvalidArgument, "INVALID_FIELD"));
  }
}

}  // namespace
}  // namespace portal::access_code
