#include "libs/rpc/executor.h"

#include <atomic>
#include <latch>

#include "gtest/gtest.h"

namespace portal::rpc {
namespace {

struct Count final : Task {
  void Run() override { ++runs; }
  std::atomic<int> runs = 0;
};

// Holds its worker until released.
struct Hold final : Task {
  void Run() override {
    running.count_down();
    release.wait();
  }
  std::latch running{1};
  std::latch release{1};
};

TEST(WorkQueueTest, RefusesBeyondItsCapacityAndRunsWhatItTook) {
  WorkQueue queue({.workers = 1, .capacity = 2});
  Hold hold;
  Count count;
  ASSERT_TRUE(queue.Offer(&hold));
  hold.running.wait();
  EXPECT_TRUE(queue.Offer(&count));
  EXPECT_TRUE(queue.Offer(&count));
  EXPECT_FALSE(queue.Offer(&count));
  EXPECT_EQ(queue.depth(), 2u);
  hold.release.count_down();
  queue.Stop();
  EXPECT_EQ(count.runs, 2);
}

TEST(WorkQueueTest, StoppedQueueTakesNothing) {
  WorkQueue queue({.workers = 1, .capacity = 2});
  queue.Stop();
  Count count;
  EXPECT_FALSE(queue.Offer(&count));
  EXPECT_EQ(count.runs, 0);
}

TEST(WorkQueueTest, QueueWithoutWorkersTakesNothing) {
  WorkQueue queue({.workers = 0, .capacity = 2});
  Count count;
  EXPECT_FALSE(queue.Offer(&count));
}

TEST(WorkQueueTest, EveryTaskOfManyThreadsRunsOnce) {
  constexpr int kThreads = 8;
  constexpr int kTasks = 2000;
  WorkQueue queue({.workers = 3, .capacity = kThreads * kTasks});
  Count count;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      for (int j = 0; j < kTasks; ++j) ASSERT_TRUE(queue.Offer(&count));
    });
  }
  for (std::thread& thread : threads) thread.join();
  queue.Stop();
  EXPECT_EQ(count.runs, kThreads * kTasks);
}

TEST(ExecutorTest, AHeldLaneDoesNotHoldTheOthers) {
  Executor executor(
      {.read = {.workers = 1, .capacity = 1}, .write = {.workers = 1, .capacity = 1}});
  Hold hold;
  Hold other;
  ASSERT_TRUE(executor.lane(Lane::kWrite).Offer(&hold));
  hold.running.wait();
  ASSERT_TRUE(executor.lane(Lane::kRead).Offer(&other));
  other.running.wait();
  hold.release.count_down();
  other.release.count_down();
  executor.Stop();
}

}  // namespace
}  // namespace portal::rpc
