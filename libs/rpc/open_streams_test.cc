#include "libs/rpc/open_streams.h"

#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "libs/status/errors.h"

namespace portal::rpc {
namespace {

// Takes itself out when it is ended, as a stream may while all are being ended.
class FakeStream final : public OpenStream, public std::enable_shared_from_this<FakeStream> {
 public:
  explicit FakeStream(OpenStreams& streams) : streams_(streams) {}
  void End() override {
    ++ends;
    streams_.Remove(shared_from_this());
  }
  void Cancel() override { ++cancels; }

  std::atomic<int> ends = 0;
  std::atomic<int> cancels = 0;

 private:
  OpenStreams& streams_;
};

TEST(OpenStreamsTest, StreamBeyondTheCapacityIsRefusedUntilOneIsRemoved) {
  OpenStreams streams(1);
  const auto first = std::make_shared<FakeStream>(streams);
  const auto second = std::make_shared<FakeStream>(streams);
  EXPECT_TRUE(streams.Add(first).ok());
  const absl::Status refused = streams.Add(second);
  EXPECT_TRUE(absl::IsUnavailable(refused));
  EXPECT_EQ(status::ReasonOf(refused), "OVERLOADED");
  streams.Remove(second);  // was never in, and makes no room
  EXPECT_FALSE(streams.Add(second).ok());
  streams.Remove(first);
  EXPECT_TRUE(streams.Add(second).ok());
}

TEST(OpenStreamsTest, EndReachesEachStreamOnceAndRefusesLaterOnes) {
  OpenStreams streams(10);
  const auto stream = std::make_shared<FakeStream>(streams);
  const auto removed = std::make_shared<FakeStream>(streams);
  ASSERT_TRUE(streams.Add(stream).ok());
  ASSERT_TRUE(streams.Add(removed).ok());
  streams.Remove(removed);
  EXPECT_FALSE(streams.ended());
  streams.EndAll();
  streams.EndAll();
  EXPECT_TRUE(streams.ended());
  EXPECT_EQ(stream->ends, 1);
  EXPECT_EQ(removed->ends, 0);
  const absl::Status late = streams.Add(removed);
  EXPECT_EQ(late, ServerEnding());
  EXPECT_TRUE(status::RetryAfterOf(late).has_value());
}

TEST(OpenStreamsTest, CancelReachesThoseThatAreStillOpen) {
  OpenStreams streams(10);
  const auto open = std::make_shared<FakeStream>(streams);
  const auto gone = std::make_shared<FakeStream>(streams);
  ASSERT_TRUE(streams.Add(open).ok());
  ASSERT_TRUE(streams.Add(gone).ok());
  streams.Remove(gone);
  streams.CancelAll();
  EXPECT_EQ(open->cancels, 1);
  EXPECT_EQ(gone->cancels, 0);
}

TEST(OpenStreamsTest, StreamThatComesWhileAllAreEndedIsEitherEndedOrRefused) {
  constexpr int kThreads = 4, kEach = 200;
  OpenStreams streams(kThreads * kEach);
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      std::vector<std::pair<std::shared_ptr<FakeStream>, bool>> mine;
      for (int n = 0; n < kEach; ++n) {
        const auto stream = std::make_shared<FakeStream>(streams);
        mine.emplace_back(stream, streams.Add(stream).ok());
      }
      while (!streams.ended()) std::this_thread::yield();
      for (const auto& [stream, added] : mine) {
        while (stream->ends < (added ? 1 : 0)) std::this_thread::yield();
        EXPECT_EQ(stream->ends, added ? 1 : 0);
      }
    });
  }
  streams.EndAll();
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace portal::rpc
