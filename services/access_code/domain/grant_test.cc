#include "services/access_code/domain/grant.h"

#include "gtest/gtest.h"
#include "libs/testing/fake_clock.h"

namespace portal::access_code {
namespace {

TEST(GrantTest, WithoutAnEndItIsActiveForEver) {
  testing::FakeClock clock;
  EXPECT_EQ(StateAt({}, clock.Now()), GrantState::kActive);
}

TEST(GrantTest, AtItsEndItHasEndedAndAMicrosecondBeforeItHasNot) {
  testing::FakeClock clock;
  const Grant grant{.ends_at = clock.Now()};
  EXPECT_EQ(StateAt(grant, clock.Now() - absl::Microseconds(1)), GrantState::kActive);
  EXPECT_EQ(StateAt(grant, clock.Now()), GrantState::kEnded);
}

TEST(GrantTest, HowItEndedCountsMoreThanTheEndThatWasAhead) {
  testing::FakeClock clock;
  Grant grant{.ends_at = clock.Now(), .ended_at = clock.Now() - absl::Hours(1)};
  const absl::Time later = clock.Now() + absl::Hours(1);
  grant.end = GrantEnd::kRevoked;
  EXPECT_EQ(StateAt(grant, later), GrantState::kRevoked);
  grant.end = GrantEnd::kDropped;
  EXPECT_EQ(StateAt(grant, later), GrantState::kDropped);
  grant.end = GrantEnd::kAccountClosed;
  EXPECT_EQ(StateAt(grant, later), GrantState::kAccountClosed);
  grant.end = GrantEnd::kMerged;
  EXPECT_EQ(StateAt(grant, later), GrantState::kMerged);
  grant.end = GrantEnd::kReached;
  EXPECT_EQ(StateAt(grant, later), GrantState::kEnded);
}

}  // namespace
}  // namespace portal::access_code
