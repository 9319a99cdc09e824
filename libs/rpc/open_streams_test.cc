#include "libs/rpc/open_streams.h"

#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "libs/id/ids.h"
#include "libs/status/errors.h"
#include "libs/testing/fake_clock.h"

namespace portal::rpc {
namespace {

// Takes itself out when it is ended, as a stream may while all are being ended.
class FakeStream final : public OpenStream, public std::enable_shared_from_this<FakeStream> {
 public:
  explicit FakeStream(OpenStreams& streams) : streams_(streams) {}
  FakeStream(OpenStreams& streams, const StreamCaller& caller)
      : streams_(streams), caller_(caller) {}
  const StreamCaller* caller() const override { return caller_.has_value() ? &*caller_ : nullptr; }
  void Expel(const absl::Status& why) override {
    expelled.push_back(status::ReasonOf(why));
    streams_.Remove(shared_from_this());
  }
  void End() override {
    ++ends;
    streams_.Remove(shared_from_this());
  }
  void Cancel() override { ++cancels; }

  std::atomic<int> ends = 0;
  std::atomic<int> cancels = 0;
  std::vector<std::string> expelled;

 private:
  OpenStreams& streams_;
  const std::optional<StreamCaller> caller_;
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

using auth::StaffRole;
using auth::StaffRoles;

// One practitioner's stream of a method for owners and practitioners, and streams of others.
class ExpelTest : public ::testing::Test {
 protected:
  static constexpr StaffRoles kNeeded = {StaffRole::kOwner, StaffRole::kPractitioner};

  StreamCaller NewCaller() {
    return {.account_id = id::AccountId::New(clock_),
            .session_id = id::SessionId::New(clock_),
            .clinic_id = id::ClinicId::New(clock_),
            .needed_roles = kNeeded,
            .vouched_at = clock_.Now() - absl::Seconds(10)};
  }
  SessionEnding EndOf(const StreamCaller& caller) {
    return {.subject = caller.session_id, .recorded_at = clock_.Now()};
  }
  SessionEnding ChangeOf(const StreamCaller& caller, StaffRoles roles) {
    return {.subject = SessionEnding::Membership{caller.account_id, *caller.clinic_id, roles},
            .recorded_at = clock_.Now()};
  }
  std::shared_ptr<FakeStream> Open(const StreamCaller& caller) {
    auto stream = std::make_shared<FakeStream>(streams_, caller);
    EXPECT_TRUE(streams_.Add(stream).ok());
    return stream;
  }
  std::string OutcomeOfOpening(const StreamCaller& caller) {
    return status::ReasonOf(streams_.Add(std::make_shared<FakeStream>(streams_, caller)));
  }

  testing::FakeClock clock_;
  OpenStreams streams_{10, clock_};
  const StreamCaller caller_ = NewCaller();
  const std::vector<std::string> none_;
};

TEST_F(ExpelTest, EndedSessionsStreamsAreExpelledAndNoOthers) {
  const auto first = Open(caller_);
  const auto second = Open(caller_);
  StreamCaller other_session = caller_;
  other_session.session_id = id::SessionId::New(clock_);
  const auto other = Open(other_session);
  const auto service = std::make_shared<FakeStream>(streams_);
  ASSERT_TRUE(streams_.Add(service).ok());
  streams_.Take(EndOf(caller_));
  EXPECT_EQ(first->expelled, std::vector<std::string>{"SESSION_ENDED"});
  EXPECT_EQ(second->expelled, std::vector<std::string>{"SESSION_ENDED"});
  EXPECT_EQ(other->expelled, none_);
  EXPECT_EQ(service->expelled, none_);
}

TEST_F(ExpelTest, LostMembershipEndsStreamsOfThatAccountAtThatClinicOnly) {
  const auto stream = Open(caller_);
  StreamCaller elsewhere = caller_;
  elsewhere.clinic_id = id::ClinicId::New(clock_);
  const auto at_another_clinic = Open(elsewhere);
  StreamCaller as_account = caller_;
  as_account.clinic_id.reset();
  const auto of_the_account = Open(as_account);
  StreamCaller colleague = caller_;
  colleague.account_id = id::AccountId::New(clock_);
  const auto of_a_colleague = Open(colleague);
  streams_.Take(ChangeOf(caller_, {}));
  EXPECT_EQ(stream->expelled, std::vector<std::string>{"NOT_STAFF_OF_CLINIC"});
  EXPECT_EQ(at_another_clinic->expelled, none_);
  EXPECT_EQ(of_the_account->expelled, none_);
  EXPECT_EQ(of_a_colleague->expelled, none_);
}

TEST_F(ExpelTest, ChangedRolesEndWhatTheyDoNotAllowAnyMore) {
  const auto stream = Open(caller_);
  streams_.Take(ChangeOf(caller_, {StaffRole::kOwner, StaffRole::kFrontDesk}));
  EXPECT_EQ(stream->expelled, none_);
  streams_.Take(ChangeOf(caller_, {StaffRole::kFrontDesk}));
  EXPECT_EQ(stream->expelled, std::vector<std::string>{"ROLE_NOT_ALLOWED"});
}

TEST_F(ExpelTest, StreamThatComesWithAnOldPassportIsRefusedAsLongAsThatLives) {
  streams_.Take(EndOf(caller_));
  streams_.Take(ChangeOf(caller_, {}));
  EXPECT_EQ(OutcomeOfOpening(caller_), "SESSION_ENDED");
  StreamCaller other_session = caller_;
  other_session.session_id = id::SessionId::New(clock_);
  EXPECT_EQ(OutcomeOfOpening(other_session), "NOT_STAFF_OF_CLINIC");
  EXPECT_EQ(OutcomeOfOpening(NewCaller()), "");
  clock_.Advance(OpenStreams::kRemembered - absl::Microseconds(1));
  EXPECT_EQ(OutcomeOfOpening(caller_), "SESSION_ENDED");
  clock_.Advance(absl::Microseconds(1));
  EXPECT_EQ(OutcomeOfOpening(caller_), "");
}

TEST_F(ExpelTest, ReinstatedMemberMayOpenStreamsAgain) {
  streams_.Take(ChangeOf(caller_, {}));
  EXPECT_EQ(OutcomeOfOpening(caller_), "NOT_STAFF_OF_CLINIC");
  // A passport from after the reinstatement, which is not told yet.
  StreamCaller newer = caller_;
  newer.vouched_at = clock_.Now() + auth::kClockSkew + absl::Seconds(1);
  EXPECT_EQ(OutcomeOfOpening(newer), "");
  streams_.Take(ChangeOf(caller_, kNeeded));
  EXPECT_EQ(OutcomeOfOpening(caller_), "");
}

// Issued when the change was recorded and not to be seen yet, or by a clock that is ahead.
TEST_F(ExpelTest, PassportOfTheSameMomentAsAChangeIsTakenForOneFromBefore) {
  StreamCaller same_moment = caller_;
  same_moment.vouched_at = clock_.Now() + auth::kClockSkew;
  const auto stream = Open(same_moment);
  streams_.Take(ChangeOf(caller_, {}));
  EXPECT_EQ(stream->expelled, std::vector<std::string>{"NOT_STAFF_OF_CLINIC"});
  EXPECT_EQ(OutcomeOfOpening(same_moment), "NOT_STAFF_OF_CLINIC");
}

// A stream is in what Take() goes through, or finds what it remembered.
TEST_F(ExpelTest, StreamThatIsOpenedWhileItsSessionEndsIsNeverLeftOpen) {
  for (int round = 0; round < 200; ++round) {
    const StreamCaller caller = NewCaller();
    const auto stream = std::make_shared<FakeStream>(streams_, caller);
    absl::Status added;
    std::thread opening([&] { added = streams_.Add(stream); });
    streams_.Take(EndOf(caller));
    opening.join();
    EXPECT_EQ(stream->expelled.size(), added.ok() ? 1 : 0);
  }
}

}  // namespace
}  // namespace portal::rpc
