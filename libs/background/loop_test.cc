#include "libs/background/loop.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>

namespace portal::background {
namespace {

constexpr absl::Duration kNever = absl::Hours(1);

TEST(LoopTest, RunsAtOnceAndAfterEachInterval) {
  std::promise<void> third;
  int runs = 0;
  Loop loop(absl::Milliseconds(1), [&] {
    if (++runs == 3) third.set_value();
    return Next::kWait;
  });
  third.get_future().wait();
}

TEST(LoopTest, RunsAgainAtOnceWhileMoreIsWaiting) {
  std::promise<void> third;
  int runs = 0;
  Loop loop(kNever, [&] {
    if (++runs == 3) third.set_value();
    return runs < 3 ? Next::kAgain : Next::kWait;
  });
  third.get_future().wait();
}

TEST(LoopTest, AWakeUpDuringARunCausesAnother) {
  std::promise<void> first_runs, go_on, second;
  int runs = 0;
  Loop loop(kNever, [&] {
    if (++runs == 1) {
      first_runs.set_value();
      go_on.get_future().wait();
    } else if (runs == 2) {
      second.set_value();
    }
    return Next::kWait;
  });
  first_runs.get_future().wait();
  loop.Wake();
  go_on.set_value();
  second.get_future().wait();
}

TEST(LoopTest, StopWaitsForTheRunAndEndsLongWorkEarly) {
  std::promise<void> running;
  std::atomic<bool> finished = false;
  Loop* self = nullptr;
  std::promise<void> known;
  Loop loop(kNever, [&] {
    known.get_future().wait();
    running.set_value();
    while (!self->stopping()) std::this_thread::yield();
    finished = true;
    return Next::kAgain;
  });
  self = &loop;
  known.set_value();
  running.get_future().wait();
  loop.Stop();
  EXPECT_TRUE(finished);
  loop.Stop();
}

}  // namespace
}  // namespace portal::background
