#include "services/identity/domain/session.h"

#include "gtest/gtest.h"

namespace portal::identity {
namespace {

const absl::Time kOpened = absl::FromUnixSeconds(1'772'355'600);
constexpr absl::Duration kTick = absl::Microseconds(1);

Session OpenedAt(absl::Time at, const SessionLimits& limits) {
  Session session;
  session.created_at = at;
  session.last_seen_at = at;
  session.expires_at = at + limits.lifetime;
  return session;
}

TEST(SessionTest, EndsExactlyWhenIdleForLong) {
  const SessionLimits limits;
  const Session session = OpenedAt(kOpened, limits);
  EXPECT_TRUE(IsLive(session, limits, kOpened));
  EXPECT_TRUE(IsLive(session, limits, kOpened + absl::Minutes(30) - kTick));
  EXPECT_FALSE(IsLive(session, limits, kOpened + absl::Minutes(30)));
}

TEST(SessionTest, UseProlongsItUpToItsLifetime) {
  const SessionLimits limits;
  Session session = OpenedAt(kOpened, limits);
  session.last_seen_at = kOpened + absl::Hours(12) - absl::Minutes(1);
  EXPECT_TRUE(IsLive(session, limits, kOpened + absl::Hours(12) - kTick));
  EXPECT_FALSE(IsLive(session, limits, kOpened + absl::Hours(12)));
  EXPECT_EQ(IdleExpiresAt(session, limits), kOpened + absl::Hours(12));
}

TEST(SessionTest, EndedIsEnded) {
  const SessionLimits limits;
  Session session = OpenedAt(kOpened, limits);
  session.ended_at = kOpened;
  EXPECT_FALSE(IsLive(session, limits, kOpened));
  EXPECT_FALSE(IsLive(session, limits, kOpened - absl::Hours(1)));
}

TEST(SessionTest, UseIsNotedOnceAMinute) {
  const SessionLimits limits;
  const Session session = OpenedAt(kOpened, limits);
  EXPECT_EQ(limits.touch_interval(), absl::Minutes(1));
  EXPECT_FALSE(NeedsTouch(session, limits, kOpened + absl::Minutes(1) - kTick));
  EXPECT_TRUE(NeedsTouch(session, limits, kOpened + absl::Minutes(1)));
}

TEST(SessionTest, ShortIdleTimesAreNotedMoreOften) {
  const SessionLimits limits = {.lifetime = absl::Hours(1), .idle = absl::Seconds(30)};
  EXPECT_EQ(limits.touch_interval(), absl::Seconds(1));
}

}  // namespace
}  // namespace portal::identity
