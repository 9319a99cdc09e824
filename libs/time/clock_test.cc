#include "libs/time/clock.h"

#include <thread>
#include <vector>

#include "absl/time/clock.h"
#include "gtest/gtest.h"
#include "libs/testing/fake_clock.h"

namespace portal::time {
namespace {

TEST(SystemClockTest, IsTheMachinesTimeInWholeMicroseconds) {
  const absl::Time before = absl::Now();
  const absl::Time now = SystemClock().Now();
  const absl::Time after = absl::Now();
  EXPECT_GE(now, before - absl::Microseconds(1));
  EXPECT_LE(now, after);
  EXPECT_EQ(absl::FromUnixMicros(absl::ToUnixMicros(now)), now);
}

TEST(FakeClockTest, StandsStillUntilItIsMoved) {
  const absl::Time start = absl::FromUnixSeconds(1'700'000'000);
  portal::testing::FakeClock clock(start);
  EXPECT_EQ(clock.Now(), start);
  EXPECT_EQ(clock.Now(), start);
  clock.Advance(absl::Microseconds(1));
  EXPECT_EQ(clock.Now(), start + absl::Microseconds(1));
  clock.Set(start - absl::Hours(1));
  EXPECT_EQ(clock.Now(), start - absl::Hours(1));
}

TEST(FakeClockTest, AdvancesFromManyThreadsAddUp) {
  const absl::Time start = absl::FromUnixSeconds(1'700'000'000);
  portal::testing::FakeClock clock(start);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&clock] {
      for (int step = 0; step < 1'000; ++step) clock.Advance(absl::Milliseconds(1));
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(clock.Now(), start + absl::Seconds(4));
}

}  // namespace
}  // namespace portal::time
