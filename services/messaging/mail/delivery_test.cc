// Notices on their whole way, from the call that asks for them into a real mail server.

#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "portal/messaging/v1/dead_letter_service.grpc.pb.h"
#include "services/messaging/domain/limits.h"
#include "services/messaging/mail/notice_sender.h"
#include "services/messaging/mail/smtp.h"
#include "services/messaging/mail/smtp_fixture.h"
#include "services/messaging/rpc/service_fixture.h"

namespace portal::messaging {
namespace {

using ::testing::SizeIs;

// The line of a mail's head that begins with `name`.
std::string Header(const std::string& mail, absl::string_view name) {
  const size_t start = mail.find(absl::StrCat("\r\n", name, ": "));
  return start == std::string::npos
             ? ""
             : mail.substr(start + 2, mail.find("\r\n", start + 2) - start - 2);
}

// Sanitizers keep what is freed for a while.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr int64_t kMaxGrowth = 500'000'000;
#else
constexpr int64_t kMaxGrowth = 8'000'000;
#endif

int64_t ResidentBytes() {
  int64_t total = 0, resident = 0;
  std::ifstream("/proc/self/statm") >> total >> resident;
  return resident * sysconf(_SC_PAGESIZE);
}

class DeliveryTest : public ServiceTest {
 protected:
  using ServiceTest::Deliver;
  void Deliver() {
    for (;;) {
      const absl::StatusOr<int> claimed = relay_.DeliverOnce();
      ASSERT_OK(claimed);
      if (*claimed == 0) return;
    }
  }
  // To be sent, and dead.
  std::string Queue() const {
    return Sql(
        "SELECT count(*) FILTER (WHERE dead_at IS NULL), "
        "count(*) FILTER (WHERE dead_at IS NOT NULL) FROM outbox_events");
  }

  // Of all mails that arrived.
  std::set<std::string> MessageIds() const {
    std::set<std::string> ids;
    for (const std::string& mail : server_.Mails()) ids.insert(Header(mail, "Message-Id"));
    return ids;
  }

  // See smtp_server.py.
  static std::string RecipientOf(int number) {
    switch (number % 100) {
      case 0:
        return "unknown@example.org";
      case 1:
        return absl::StrCat("later@n", number, ".example.org");
      case 2:
        return absl::StrCat("dies@n", number, ".example.org");
      default:
        return "zoe@example.org";
    }
  }

  MailServer server_{{absl::StrCat("--user=", MailServer::kUser)}};
  const std::unique_ptr<Smtp> smtp_ = Smtp::Open(server_.SigningIn()).value();
  const LetterWriter writer_ = LetterWriter::Create().value();
  NoticeStore background_notices_{background_pool_, outbox_, clock_};
  NoticeSender sender_{background_pool_,
                       background_notices_,
                       writer_,
                       *smtp_,
                       {.name = "Portail « Élan »",
                        .address = Address::Parse("from", "no-reply@portal.example.org").value()},
                       "https://portal.example.org",
                       clock_,
                       metrics_};
  outbox::Relay relay_{background_pool_,
                       outbox_,
                       metrics_,
                       {{kNoticeTopic, [this](const outbox::Delivery& delivery) {
                           return sender_.Send(delivery);
                         }}}};
};

TEST_F(DeliveryTest, ANoticeArrivesOnceAndIsErased) {
  const std::string event_id = NewEventId();
  ASSERT_EQ(Outcome(Deliver(event_id, Verification())), "OK");
  Deliver();
  ASSERT_EQ(Outcome(Deliver(event_id, Verification())), "OK");
  Deliver();
  ASSERT_THAT(server_.Mails(), SizeIs(1));
  EXPECT_EQ(Header(server_.Mails()[0], "Message-Id"),
            absl::StrCat("Message-Id: <", event_id, "@portal.example.org>"));
  EXPECT_EQ(Queue(), "0|0");
}

TEST_F(DeliveryTest, AMailServerThatTakesItAndDiesGetsTheSameMessageAgain) {
  ASSERT_EQ(Outcome(Deliver(NewEventId(), Verification("dies@example.org"))), "OK");
  Deliver();
  EXPECT_EQ(Queue(), "1|0");
  clock_.Advance(absl::Minutes(1));
  Deliver();
  EXPECT_EQ(Queue(), "0|0");
  ASSERT_THAT(server_.Mails(), SizeIs(2));
  EXPECT_EQ(server_.Mails()[0], server_.Mails()[1]);
}

TEST_F(DeliveryTest, ATemporaryRefusalIsTriedAgainLater) {
  ASSERT_EQ(Outcome(Deliver(NewEventId(), Verification("later@example.org"))), "OK");
  Deliver();
  EXPECT_EQ(Sql("SELECT failure, reply_code FROM notices"), "deferred|451");
  EXPECT_THAT(server_.Mails(), SizeIs(0));
  clock_.Advance(absl::Minutes(1));
  Deliver();
  EXPECT_THAT(server_.Mails(), SizeIs(1));
}

TEST_F(DeliveryTest, ARefusedNoticeIsReplayedOnceItsAddressIsRight) {
  ASSERT_EQ(Outcome(PutAccount(account_, "unknown@example.org", "en", 1)), "OK");
  const std::string event_id = NewEventId();
  ASSERT_EQ(Outcome(Deliver(event_id, PasswordChanged(account_))), "OK");
  Deliver();
  EXPECT_EQ(Queue(), "0|1");
  ASSERT_EQ(Outcome(PutAccount(account_, "zoe@example.org", "en", 2)), "OK");
  const auto stub = v1::DeadLetterService::NewStub(harness_.Channel("operator"));
  v1::ReplayDeadLetterRequest request;
  request.set_event_id(event_id);
  ASSERT_EQ(Outcome(Call(*stub, &v1::DeadLetterService::Stub::ReplayDeadLetter, request)), "OK");
  Deliver();
  EXPECT_EQ(Queue(), "0|0");
  ASSERT_THAT(server_.Mails(), SizeIs(1));
  EXPECT_EQ(Header(server_.Mails()[0], "To"), "To: zoe@example.org");
}

TEST_F(DeliveryTest, WhatCameDuringAnOutageArrivesAfterwardsAndPoisonHoldsUpNobody) {
  server_.Stop();
  ASSERT_EQ(Outcome(Deliver(NewEventId(), Verification("unknown@example.org"))), "OK");
  for (int i = 0; i < 30; ++i) {
    ASSERT_EQ(Outcome(Deliver(NewEventId(), Verification())), "OK");
  }
  Deliver();
  EXPECT_EQ(Queue(), "31|0");
  server_.Start();
  clock_.Advance(absl::Minutes(5));
  Deliver();
  EXPECT_EQ(Queue(), "0|1");
  EXPECT_THAT(server_.Mails(), SizeIs(30));
}

TEST_F(DeliveryTest, AfterAnOutageOfAnHourEverythingStillOfUseArrivesInTime) {
  ASSERT_EQ(Outcome(PutAccount(account_, "zoe@example.org", "en", 1)), "OK");
  const auto ask = [&](const v1::Notice& notice) {
    const std::string event_id = NewEventId();
    EXPECT_EQ(Outcome(Deliver(event_id, notice)), "OK");
    return absl::StrCat("Message-Id: <", event_id, "@portal.example.org>");
  };
  v1::Notice code;
  code.mutable_recipient()->set_email("zoe@example.org");
  code.mutable_mailbox_code()->set_code("123456");
  std::set<std::string> useful;
  server_.Stop();
  for (absl::Duration down; down < absl::Hours(1); down += absl::Minutes(1)) {
    useful.insert(ask(PasswordChanged(account_)));
    // The first one's link ends with the outage.
    const std::string link = ask(Verification());
    if (down > absl::ZeroDuration()) useful.insert(link);
    const std::string short_lived = ask(code);
    if (down + kMailboxCodeValidity > absl::Hours(1)) useful.insert(short_lived);
    Deliver();
    clock_.Advance(absl::Minutes(1));
  }
  server_.Start();
  for (absl::Duration up; up < absl::Minutes(15); up += absl::Seconds(5)) {
    Deliver();
    clock_.Advance(absl::Seconds(5));
  }
  EXPECT_EQ(Queue(), "0|0");
  EXPECT_EQ(MessageIds(), useful);
}

// In full: --test_env=PORTAL_OUTBOX_EVENTS=100000. Of a hundred mails one is for a mailbox that
// does not exist, one is put off, and one is taken by a server that dies; after a third of them the
// server is gone for a while.
TEST_F(DeliveryTest, ALongQueueDrainsThroughFailuresWithoutGrowingMemory) {
  const char* asked = std::getenv("PORTAL_OUTBOX_EVENTS");
  int events = 2000;
  ASSERT_TRUE(asked == nullptr || absl::SimpleAtoi(asked, &events));
  constexpr int kWarmUp = 200;
  AtOnce(4, [&](int i) {
    for (int n = i; n < kWarmUp + events; n += 4) {
      ASSERT_EQ(Outcome(Deliver(NewEventId(), Verification(RecipientOf(n)))), "OK");
    }
  });
  const auto pending = [&] {
    return std::stoi(Sql("SELECT count(*) FROM outbox_events WHERE dead_at IS NULL"));
  };
  // What was claimed, sent or not.
  const auto try_so_many = [&](int count) {
    while (count > 0) {
      const absl::StatusOr<int> claimed = relay_.DeliverOnce();
      ASSERT_OK(claimed);
      ASSERT_GT(*claimed, 0);
      count -= *claimed;
    }
  };
  try_so_many(kWarmUp);
  const int64_t before = ResidentBytes();
  try_so_many(events / 3);
  server_.Stop();
  try_so_many(100);
  server_.Start();
  const absl::Time last = clock_.Now() + kLinkValidity / 2;
  while (pending() > 0) {
    Deliver();
    clock_.Advance(absl::Minutes(1));
    ASSERT_LT(clock_.Now(), last);
  }
  const int64_t grown = ResidentBytes() - before;
  const int unknown = (kWarmUp + events) / 100, twice = unknown;
  const int sent = kWarmUp + events - unknown;
  EXPECT_EQ(Queue(), absl::StrCat("0|", unknown));
  EXPECT_THAT(MessageIds(), SizeIs(sent));
  EXPECT_THAT(server_.Mails(), SizeIs(sent + twice));
  EXPECT_LT(grown, kMaxGrowth);
  std::printf(
      "PROOF %d mails in a queue: %d arrived, %d of them twice, from a server that died; %d "
      "kept as dead letters; memory grew by %.1f MB\n",
      kWarmUp + events, sent, twice, unknown, static_cast<double>(grown) / 1e6);
}

}  // namespace
}  // namespace portal::messaging
