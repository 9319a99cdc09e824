#include "services/access_code/rpc/refusal_alarm.h"

#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "libs/testing/fake_clock.h"

namespace portal::access_code {
namespace {

class RefusalAlarmTest : public ::testing::Test {
 protected:
  void Count(int refusals) {
    for (int i = 0; i < refusals; ++i) alarm_.Count(clock_.Now());
  }
  double Surges() { return metrics_.AddCounter("access_code_refusal_surges_total", "").Value(); }

  telemetry::Metrics metrics_;
  testing::FakeClock clock_;
  RefusalAlarm alarm_{metrics_, {.refusals = 10, .window = absl::Minutes(10)}};
};

TEST_F(RefusalAlarmTest, RingsAtTheNumberOnceAndNotBelow) {
  Count(9);
  EXPECT_EQ(Surges(), 0);
  Count(1);
  EXPECT_EQ(Surges(), 1);
  Count(100);
  EXPECT_EQ(Surges(), 1);
}

TEST_F(RefusalAlarmTest, TheWindowSlidesAndItsEndIsOutside) {
  Count(5);
  clock_.Advance(absl::Minutes(10));
  Count(9);
  EXPECT_EQ(Surges(), 0);
  clock_.Advance(absl::Minutes(10) - absl::Microseconds(1));
  Count(1);
  EXPECT_EQ(Surges(), 1);
}

TEST_F(RefusalAlarmTest, RingsAgainAfterItWasQuiet) {
  Count(10);
  clock_.Advance(absl::Minutes(20));
  Count(9);
  EXPECT_EQ(Surges(), 1);
  Count(1);
  EXPECT_EQ(Surges(), 2);
}

TEST_F(RefusalAlarmTest, OfManyAtOnceOneRingsIt) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 20; ++i) threads.emplace_back([this] { Count(1); });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(Surges(), 1);
}

}  // namespace
}  // namespace portal::access_code
