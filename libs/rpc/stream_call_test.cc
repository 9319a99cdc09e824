#include "libs/rpc/stream.h"

#include <atomic>
#include <condition_variable>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "gtest/gtest.h"
#include "libs/auth/passport_token.h"
#include "libs/rpc/server.h"
#include "libs/status/errors.h"
#include "libs/testing/rpc_harness.h"
#include "portal/testing/v1/probe_service.grpc.pb.h"

namespace portal::rpc {
namespace {

using portal::testing::Caller;
using portal::testing::v1::ProbeRequest;
using portal::testing::v1::ProbeResponse;
using portal::testing::v1::ProbeService;
using portal::testing::v1::StaffProbeService;

using ProbeStream = Stream<ProbeResponse>;

// What a held up shutdown would take, and what one takes at most, on a busy machine too.
constexpr absl::Duration kDrain = absl::Seconds(30);
constexpr absl::Duration kSoon = absl::Seconds(5);

// Whose streams wait for it. Calls wakers and lets go of streams under one lock, as a service's
// dispatcher may.
class Hub {
 public:
  void Join(const void* stream, std::function<void()> waker) {
    std::lock_guard lock(mutex_);
    wakers_[stream] = std::move(waker);
    ++joined_;
    changed_.notify_all();
  }
  void Leave(const void* stream) {
    std::lock_guard lock(mutex_);
    wakers_.erase(stream);
  }
  void WakeAll() {
    std::lock_guard lock(mutex_);
    for (const auto& [stream, wake] : wakers_) wake();
  }
  // Until so many streams have been open, all told.
  void AwaitJoined(int count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return joined_ >= count; });
  }
  std::function<void()> AnyWaker() {
    std::lock_guard lock(mutex_);
    return wakers_.begin()->second;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<const void*, std::function<void()>> wakers_;
  int joined_ = 0;
};

// Counts to `number`, waiting for the hub before each message from `first_awaited` on.
class CountingStream final : public ProbeStream {
 public:
  CountingStream(Hub& hub, int number, int first_awaited)
      : hub_(hub), number_(number), first_awaited_(first_awaited) {}
  ~CountingStream() override { hub_.Leave(this); }

  absl::StatusOr<NextResponse> Next() override {
    if (next_ > number_) return StreamEnd{};
    if (next_ >= first_awaited_ && !std::exchange(waited_, true)) {
      hub_.Join(this, waker_);
      return StreamWait{};
    }
    waited_ = false;
    ProbeResponse response;
    response.set_number(next_++);
    return response;
  }
  void OnWake(std::function<void()> waker) override { waker_ = std::move(waker); }

 private:
  Hub& hub_;
  const int number_;
  const int first_awaited_;
  std::function<void()> waker_;
  bool waited_ = false;
  int next_ = 1;
};

// Each message, or failure, is what a function says.
class FunctionStream final : public ProbeStream {
 public:
  explicit FunctionStream(std::function<absl::StatusOr<NextResponse>()> next) : next_(next) {}
  absl::StatusOr<NextResponse> Next() override { return next_(); }

 private:
  const std::function<absl::StatusOr<NextResponse>()> next_;
};

// The time, or some time before it.
class OffsetClock final : public time::Clock {
 public:
  absl::Time Now() const override { return absl::Now() + absl::Seconds(offset_seconds.load()); }
  std::atomic<int> offset_seconds = 0;
};

struct ProbeHandlers {
  absl::StatusOr<ProbeResponse> Echo(const Context&, const ProbeRequest&) {
    if (during) during();
    return ProbeResponse();
  }
  absl::StatusOr<std::unique_ptr<ProbeStream>> Watch(const Context& context,
                                                     const ProbeRequest& request) {
    return open(context, request);
  }

  std::function<void()> during;
  std::function<std::unique_ptr<ProbeStream>(const Context&, const ProbeRequest&)> open;
};

class StreamCallTest : public ::testing::Test {
 protected:
  StreamCallTest() : pool_({.conninfo = "host=/nonexistent"}), reads_(pool_, time::SystemClock()) {
    harness_.options().drain = kDrain;
    handlers_.open = [this](const Context&, const ProbeRequest& request) {
      return std::make_unique<CountingStream>(hub_, request.number(), request.number());
    };
  }

  void Start() {
    MethodTable table(ProbeService::service_full_name());
    for (const char* name : {"CallPublic", "CallAccount", "ReadPatient", "ChangePatient",
                             "CallStaff", "CallService"}) {
      table.Unary(name, Lane::kWrite, &handlers_, &ProbeHandlers::Echo);
    }
    table.ServerStreaming("Watch", Lane::kRead, &handlers_, &ProbeHandlers::Watch);
    MethodTable staff(StaffProbeService::service_full_name());
    staff.ServerStreaming("WatchClinic", Lane::kRead, &handlers_, &ProbeHandlers::Watch);
    ASSERT_TRUE(harness_.Start({std::move(table), std::move(staff)}, &grants_, &reads_).ok());
    stub_ = ProbeService::NewStub(harness_.Channel());
  }

  // A stream as a client has it.
  struct Watcher {
    Watcher(ProbeService::Stub& stub, const std::string& passport, int number) : caller(passport) {
      ProbeRequest request;
      request.set_number(number);
      reader = stub.Watch(caller, request);
    }
    bool Read() {
      ProbeResponse response;
      return reader->Read(&response);
    }
    // Reads one message and leaves.
    absl::Status EndAfterFirst() {
      if (Read()) caller.context().TryCancel();
      return End();
    }
    // Reads to the end.
    absl::Status End() {
      while (Read()) {
      }
      return FromGrpc(reader->Finish());
    }

    Caller caller;
    std::unique_ptr<grpc::ClientReader<ProbeResponse>> reader;
  };

  std::unique_ptr<Watcher> Watch(int number = 1) {
    return std::make_unique<Watcher>(*stub_, passport_, number);
  }

  absl::Duration TimeOfShutdown() {
    const absl::Time begin = absl::Now();
    harness_.Shutdown();
    return absl::Now() - begin;
  }

  static void ExpectServerEnding(const absl::Status& status) {
    EXPECT_TRUE(absl::IsUnavailable(status)) << status;
    EXPECT_EQ(status::ReasonOf(status), "OVERLOADED");
    EXPECT_TRUE(status::RetryAfterOf(status).has_value());
  }

  Hub hub_;
  ProbeHandlers handlers_;
  db::Pool pool_;  // never used
  audit::ReadLog reads_;
  portal::testing::FakeGrantChecker grants_;
  OffsetClock clock_;
  portal::testing::RpcHarness harness_{"probe", clock_};
  const std::string passport_ = harness_.Passport(id::AccountId::New(time::SystemClock()));
  std::unique_ptr<ProbeService::Stub> stub_;
};

TEST_F(StreamCallTest, SendsAllAndEnds) {
  handlers_.open = [this](const Context&, const ProbeRequest& request) {
    return std::make_unique<CountingStream>(hub_, request.number(), request.number() + 1);
  };
  Start();
  const auto watcher = Watch(1000);
  ProbeResponse response;
  int count = 0;
  while (watcher->reader->Read(&response)) EXPECT_EQ(response.number(), ++count);
  EXPECT_EQ(count, 1000);
  EXPECT_TRUE(watcher->reader->Finish().ok());
}

TEST_F(StreamCallTest, WaitingStreamHoldsNoWorkerAndGoesOnWhenWoken) {
  harness_.options().executor.read = {.workers = 1, .capacity = 10};
  Start();
  const auto first = Watch(), second = Watch();
  hub_.AwaitJoined(2);
  const std::function<void()> wake = hub_.AnyWaker();
  hub_.WakeAll();
  for (const auto& watcher : {first.get(), second.get()}) {
    EXPECT_TRUE(watcher->Read());
    EXPECT_TRUE(watcher->End().ok());
  }
  wake();  // after the stream is gone
}

TEST_F(StreamCallTest, IdleStreamEndsWithItsPassport) {
  Start();
  constexpr int kSecondsLeft = 3;
  clock_.offset_seconds = kSecondsLeft - absl::ToInt64Seconds(auth::kPassportLifetime);
  const std::string passport = harness_.Passport(id::AccountId::New(clock_));
  const absl::Time expires_at = clock_.Now() + auth::kPassportLifetime;
  clock_.offset_seconds = 0;
  Watcher watcher(*stub_, passport, 1);
  hub_.AwaitJoined(1);
  EXPECT_EQ(status::ReasonOf(watcher.End()),
            "DEADLINE_EXCEEDED");  // the client's own has no reason
  EXPECT_GE(absl::Now(), expires_at - absl::Seconds(1));
}

TEST_F(StreamCallTest, StreamOfAClientThatLeftEnds) {
  Start();
  const auto watcher = Watch();
  hub_.AwaitJoined(1);
  watcher->caller.context().TryCancel();
  EXPECT_TRUE(absl::IsCancelled(watcher->End()));
  EXPECT_LT(TimeOfShutdown(), kSoon);
}

TEST_F(StreamCallTest, ShutdownEndsIdleStreamsAtOnceAndSaysWhy) {
  constexpr int kStreams = 100;
  Start();
  std::vector<std::unique_ptr<Watcher>> watchers;
  for (int i = 0; i < kStreams; ++i) watchers.push_back(Watch());
  hub_.AwaitJoined(kStreams);
  EXPECT_LT(TimeOfShutdown(), kSoon);
  for (const auto& watcher : watchers) ExpectServerEnding(watcher->End());
}

TEST_F(StreamCallTest, DrainEndsStreamsThatWaitForABusyLaneAndLetsUnaryCallsFinish) {
  harness_.options().executor.read = {.workers = 1, .capacity = 10};
  std::promise<void> worker_taken, worker_freed, call_begun, call_freed;
  std::atomic<int> opened = 0;
  handlers_.open = [&](const Context&, const ProbeRequest& request) {
    ++opened;
    if (request.number() == 0) {
      worker_taken.set_value();
      worker_freed.get_future().wait();
    }
    return std::make_unique<CountingStream>(hub_, 1, 1);
  };
  handlers_.during = [&] {
    call_begun.set_value();
    call_freed.get_future().wait();
  };
  Start();
  const auto idle = Watch(1);
  hub_.AwaitJoined(1);
  const auto running = Watch(0);
  worker_taken.get_future().wait();
  hub_.WakeAll();  // `idle` is queued behind `running`
  auto call = std::async(std::launch::async, [&] {
    ProbeResponse response;
    return stub_->CallPublic(Caller(), ProbeRequest(), &response).ok();
  });
  call_begun.get_future().wait();
  auto shutdown = std::async(std::launch::async, [&] { return TimeOfShutdown(); });

  ExpectServerEnding(idle->End());
  // Opened while the server drains: refused by us or by gRPC, which says CANCELLED until its GOAWAY
  // has reached the client.
  EXPECT_FALSE(Watch()->End().ok());
  EXPECT_EQ(opened, 2);
  worker_freed.set_value();
  ExpectServerEnding(running->End());
  EXPECT_EQ(call.wait_for(std::chrono::seconds(0)), std::future_status::timeout);
  call_freed.set_value();
  EXPECT_TRUE(call.get());
  EXPECT_LT(shutdown.get(), kSoon);
}

TEST_F(StreamCallTest, JobOfAStreamThatHasToEndSeesCancellation) {
  std::promise<void> begun;
  handlers_.open = [&](const Context& context, const ProbeRequest&) {
    return std::make_unique<FunctionStream>(
        [&begun, &context]() -> absl::StatusOr<ProbeStream::NextResponse> {
          begun.set_value();
          while (!context.cancelled()) std::this_thread::yield();
          return status::Cancelled();
        });
  };
  Start();
  const auto watcher = Watch();
  begun.get_future().wait();
  EXPECT_LT(TimeOfShutdown(), kSoon);
  ExpectServerEnding(watcher->End());
}

TEST_F(StreamCallTest, ClientThatDoesNotReadIsCutOffAtShutdown) {
  std::promise<void> begun;
  handlers_.open = [&](const Context&, const ProbeRequest&) {
    return std::make_unique<FunctionStream>(
        [&begun, first = true]() mutable -> absl::StatusOr<ProbeStream::NextResponse> {
          if (std::exchange(first, false)) begun.set_value();
          ProbeResponse response;
          response.set_text(std::string(15 << 20, 'x'));  // far more than a connection's window
          return response;
        });
  };
  Start();
  const auto watcher = Watch();
  begun.get_future().wait();
  EXPECT_LT(TimeOfShutdown(), kSoon);
  EXPECT_TRUE(absl::IsUnavailable(watcher->End()));
}

TEST_F(StreamCallTest, StreamsOfAnEndedSessionAreClosedAndItsPassportOpensNoMore) {
  std::promise<id::SessionId> opened;
  handlers_.open = [&, first = true](const Context& context, const ProbeRequest&) mutable {
    if (std::exchange(first, false)) opened.set_value(context.session_id());
    return std::make_unique<CountingStream>(hub_, 1, 1);
  };
  Start();
  const auto stream = Watch();
  hub_.AwaitJoined(1);
  Watcher other(*stub_, harness_.Passport(id::AccountId::New(time::SystemClock())), 1);
  hub_.AwaitJoined(2);
  harness_.server().Take({.subject = opened.get_future().get(), .recorded_at = absl::Now()});
  for (const absl::Status& ended : {stream->End(), Watch()->End()}) {
    EXPECT_TRUE(absl::IsUnauthenticated(ended)) << ended;
    EXPECT_EQ(status::ReasonOf(ended), "SESSION_ENDED");
  }
  hub_.WakeAll();
  EXPECT_TRUE(other.Read());
  EXPECT_TRUE(other.End().ok());
}

TEST_F(StreamCallTest, StaffStreamIsClosedWhenItsMembershipIsLost) {
  Start();
  const auto account_id = id::AccountId::New(clock_);
  const auto clinic_id = id::ClinicId::New(clock_);
  Caller caller(harness_.Passport(
      account_id, {{.clinic_id = clinic_id, .roles = {auth::StaffRole::kPractitioner}}}));
  ProbeRequest request;
  request.set_clinic_id(clinic_id.ToString());
  request.set_number(1);
  const auto staff = StaffProbeService::NewStub(harness_.Channel());
  const auto reader = staff->WatchClinic(caller, request);
  hub_.AwaitJoined(1);
  const auto change = [&](auth::StaffRoles roles) -> SessionEnding {
    return {.subject = SessionEnding::Membership{account_id, clinic_id, roles},
            .recorded_at = absl::Now()};
  };
  harness_.server().Take(change({auth::StaffRole::kOwner}));
  harness_.server().Take(change({auth::StaffRole::kFrontDesk}));
  ProbeResponse response;
  EXPECT_FALSE(reader->Read(&response));
  const absl::Status ended = FromGrpc(reader->Finish());
  EXPECT_TRUE(absl::IsPermissionDenied(ended)) << ended;
  EXPECT_EQ(status::ReasonOf(ended), "ROLE_NOT_ALLOWED");
}

TEST_F(StreamCallTest, WhatIsReadWhileTheSessionEndsIsNotSent) {
  std::promise<id::SessionId> begun;
  std::promise<void> ended;
  handlers_.open = [&](const Context& context, const ProbeRequest&) {
    return std::make_unique<FunctionStream>(
        [&, session_id = context.session_id()]() -> absl::StatusOr<ProbeStream::NextResponse> {
          begun.set_value(session_id);
          ended.get_future().wait();
          return ProbeResponse();
        });
  };
  Start();
  const auto watcher = Watch();
  harness_.server().Take({.subject = begun.get_future().get(), .recorded_at = absl::Now()});
  ended.set_value();
  EXPECT_FALSE(watcher->Read());
  EXPECT_TRUE(absl::IsUnauthenticated(watcher->End()));
}

TEST_F(StreamCallTest, ClientThatDoesNotReadIsCutOffWhenItsSessionEnds) {
  std::promise<id::SessionId> begun;
  handlers_.open = [&](const Context& context, const ProbeRequest&) {
    return std::make_unique<FunctionStream>(
        [&begun, session_id = context.session_id(),
         first = true]() mutable -> absl::StatusOr<ProbeStream::NextResponse> {
          if (std::exchange(first, false)) begun.set_value(session_id);
          ProbeResponse response;
          response.set_text(std::string(15 << 20, 'x'));  // far more than a connection's window
          return response;
        });
  };
  harness_.options().max_open_streams = 1;
  Start();
  const auto watcher = Watch();
  harness_.server().Take({.subject = begun.get_future().get(), .recorded_at = absl::Now()});
  // There is room again once the server has let go of it, without a word from the client.
  const std::string other = harness_.Passport(id::AccountId::New(time::SystemClock()));
  std::promise<id::SessionId> again;
  begun = std::move(again);
  while (status::ReasonOf(Watcher(*stub_, other, 1).EndAfterFirst()) == "OVERLOADED") {
  }
  EXPECT_TRUE(absl::IsUnauthenticated(watcher->End()));
}

TEST_F(StreamCallTest, StreamsBeyondTheLimitAreRefusedUntilOneHasEnded) {
  harness_.options().max_open_streams = 2;
  Start();
  auto first = Watch(), second = Watch();
  hub_.AwaitJoined(2);
  const absl::Status refused = Watch()->End();
  EXPECT_EQ(status::ReasonOf(refused), "OVERLOADED");
  EXPECT_TRUE(status::RetryAfterOf(refused).has_value());
  first->caller.context().TryCancel();
  EXPECT_TRUE(absl::IsCancelled(first->End()));
  // The server learns of it a moment later. The third is number 1 of 2, so it is sent one message.
  std::unique_ptr<Watcher> third;
  do {
    third = Watch(2);
  } while (!third->Read());
}

TEST_F(StreamCallTest, StreamsMayComeGoAndBeWokenWhileTheServerShutsDown) {
  constexpr int kClients = 4;
  Start();
  std::atomic<bool> over = false;
  std::thread waking([&] {
    while (!over) hub_.WakeAll();
  });
  std::vector<std::thread> clients;
  for (int i = 0; i < kClients; ++i) {
    clients.emplace_back([this, i] {
      for (int round = i;; ++round) {
        const auto watcher = Watch(3);
        // One in four reads to the end, the others leave at any point before it.
        for (int reads = round % 4; reads > 0 && watcher->Read(); --reads) {
        }
        if (round % 4 != 0) watcher->caller.context().TryCancel();
        const absl::Status status = watcher->End();
        if (absl::IsUnavailable(status)) return;
        EXPECT_TRUE(status.ok() || absl::IsCancelled(status)) << status;
      }
    });
  }
  hub_.AwaitJoined(10 * kClients);
  EXPECT_LT(TimeOfShutdown(), kSoon);
  for (std::thread& client : clients) client.join();
  over = true;
  waking.join();
}

}  // namespace
}  // namespace portal::rpc
