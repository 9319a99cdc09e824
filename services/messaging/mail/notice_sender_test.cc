#include "services/messaging/mail/notice_sender.h"

#include <functional>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/testing/log_capture.h"
#include "services/messaging/domain/limits.h"
#include "services/messaging/rpc/service_fixture.h"

namespace portal::messaging {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// A mail server that does what the test says; the real protocol is smtp_test's. Thread-safe.
class ObedientServer : public Transport {
 public:
  struct Mail {
    std::string to;
    std::string message;
  };

  Outcome Send(const Address&, const Address& to, const id::Uuid&,
               const std::string& message) override {
    std::lock_guard lock(mutex_);
    const Outcome outcome = answer_ ? answer_(to) : Outcome();
    if (!outcome.failure.has_value()) mails_.push_back({to.text(), message});
    return outcome;
  }

  void Answer(std::function<Outcome(const Address&)> answer) { answer_ = std::move(answer); }
  // Since the last call.
  std::vector<Mail> Mails() { return std::exchange(mails_, {}); }

 private:
  std::mutex mutex_;
  std::function<Outcome(const Address&)> answer_;
  std::vector<Mail> mails_;
};

class NoticeSenderTest : public ServiceTest {
 protected:
  // Delivers all that is due now.
  void Deliver() {
    for (;;) {
      const absl::StatusOr<int> claimed = relay_.DeliverOnce();
      ASSERT_OK(claimed);
      if (*claimed == 0) return;
    }
  }
  using ServiceTest::Deliver;

  std::vector<std::string> Recipients() {
    std::vector<std::string> recipients;
    for (const ObedientServer::Mail& mail : server_.Mails()) recipients.push_back(mail.to);
    return recipients;
  }
  double Metric(const std::string& name, const telemetry::Labels& labels) {
    return metrics_.AddCounter(name, "", labels).Value();
  }
  // To be sent, and dead.
  std::string Queue() const {
    return Sql(
        "SELECT count(*) FILTER (WHERE dead_at IS NULL), "
        "count(*) FILTER (WHERE dead_at IS NOT NULL) FROM outbox_events");
  }
  void Refuse(Failure failure, int reply_code) {
    server_.Answer([=](const Address&) {
      return messaging::Outcome{.failure = failure, .reply_code = reply_code};
    });
  }

  const LetterWriter writer_ = LetterWriter::Create().value();
  ObedientServer server_;
  NoticeStore background_notices_{background_pool_, outbox_, clock_};
  NoticeSender sender_{background_pool_,
                       background_notices_,
                       writer_,
                       server_,
                       {.name = "Patient Portal",
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

TEST_F(NoticeSenderTest, ANoticeIsSentUnderItsEventsIdAndErased) {
  const std::string event_id = NewEventId();
  ASSERT_EQ(Outcome(Deliver(event_id, Verification())), "OK");
  Deliver();
  const std::vector<ObedientServer::Mail> mails = server_.Mails();
  ASSERT_EQ(mails.size(), 1);
  EXPECT_EQ(mails[0].to, "zoe@example.org");
  EXPECT_THAT(mails[0].message,
              AllOf(HasSubstr(absl::StrCat("Message-Id: <", event_id, "@portal.example.org>")),
                    HasSubstr("Subject: Confirm your e-mail address\r\n"),
                    HasSubstr("https://portal.example.org/verify#token=3Dabc")));
  EXPECT_EQ(Queue(), "0|0");
  EXPECT_EQ(Metric("notices_sent_total", {{"kind", "verify_email"}}), 1);
}

TEST_F(NoticeSenderTest, WhatAlertsWatchIsThereBeforeAnythingHappens) {
  const std::string text = metrics_.Text();
  for (const char* series : {"notices_sent_total{kind=\"verify_email\"} 0\n",
                             "notices_sent_total{kind=\"new_treatment_plan\"} 0\n",
                             "notices_failed_total{failure=\"refused\"} 0\n",
                             "notices_failed_total{failure=\"misbehaving\"} 0\n",
                             "notices_dropped_total{reason=\"expired\"} 0\n",
                             "notices_dropped_total{reason=\"no_address\"} 0\n"}) {
    EXPECT_THAT(text, HasSubstr(series));
  }
}

TEST_F(NoticeSenderTest, GoesWhereTheAccountIsNowAndInItsLanguage) {
  ASSERT_EQ(Outcome(PutAccount(account_, "old@example.org", "en", 1)), "OK");
  ASSERT_EQ(Outcome(Deliver(NewEventId(), PasswordChanged(account_))), "OK");
  ASSERT_EQ(Outcome(PutAccount(account_, "new@example.org", "fr", 2)), "OK");
  Deliver();
  const std::vector<ObedientServer::Mail> mails = server_.Mails();
  ASSERT_EQ(mails.size(), 1);
  EXPECT_EQ(mails[0].to, "new@example.org");
  EXPECT_THAT(mails[0].message, HasSubstr("portail des patients"));
}

TEST_F(NoticeSenderTest, TheLanguageAskedForWins) {
  ASSERT_EQ(Outcome(PutAccount(account_, "zoe@example.org", "en", 1)), "OK");
  v1::Notice notice = PasswordChanged(account_);
  notice.mutable_recipient()->set_language("fr");
  ASSERT_EQ(Outcome(Deliver(NewEventId(), notice)), "OK");
  Deliver();
  EXPECT_THAT(server_.Mails()[0].message, HasSubstr("portail des patients"));
}

TEST_F(NoticeSenderTest, ABareAddressIsWrittenToInTheLanguageOfTheClinicThatWrites) {
  ASSERT_EQ(Outcome(PutClinic(clinic_, "Élan", "desk@example.org", "fr", 1)), "OK");
  v1::Notice notice;
  notice.mutable_recipient()->set_email("zoe@example.org");
  v1::AccessCodeSent& sent = *notice.mutable_access_code_sent();
  sent.set_words("one two three four five");
  sent.set_link("https://portal.example.org/access#code=one-two-three-four-five");
  sent.mutable_expire_time()->set_seconds(absl::ToUnixSeconds(clock_.Now() + absl::Hours(1)));
  sent.set_clinic_id(clinic_.ToString());
  ASSERT_EQ(Outcome(Deliver(NewEventId(), notice)), "OK");
  Deliver();
  EXPECT_THAT(server_.Mails()[0].message,
              AllOf(HasSubstr("Le code fonctionne une seule fois"), Not(HasSubstr("naissance"))));
  sent.set_birth_date_demanded(true);
  ASSERT_EQ(Outcome(Deliver(NewEventId(), notice)), "OK");
  Deliver();
  EXPECT_THAT(server_.Mails()[0].message, HasSubstr("naissance"));
  notice.mutable_recipient()->set_language("en");
  ASSERT_EQ(Outcome(Deliver(NewEventId(), notice)), "OK");
  Deliver();
  EXPECT_THAT(server_.Mails()[0].message, Not(HasSubstr("Le code fonctionne une seule fois")));
}

TEST_F(NoticeSenderTest, NobodyIsToldOfAClosedAccountOrAtAClinicWithoutAnAddress) {
  ASSERT_EQ(Outcome(PutAccount(account_, "zoe@example.org", "en", 1)), "OK");
  ASSERT_EQ(Outcome(PutClinic(clinic_, "Élan", "", "fr", 1)), "OK");
  ASSERT_EQ(Outcome(Deliver(NewEventId(), PasswordChanged(account_))), "OK");
  v1::Notice notice;
  notice.mutable_recipient()->set_clinic_id(clinic_.ToString());
  notice.mutable_access_ended()->set_clinic_id(clinic_.ToString());
  ASSERT_EQ(Outcome(Deliver(NewEventId(), notice)), "OK");
  ASSERT_EQ(Outcome(PutAccount(account_, "", "en", 2)), "OK");
  Deliver();
  EXPECT_THAT(Recipients(), IsEmpty());
  EXPECT_EQ(Queue(), "0|0");
  EXPECT_EQ(Metric("notices_dropped_total", {{"reason", "no_address"}}), 2);
}

TEST_F(NoticeSenderTest, AClinicIsNamedAndThePatientIsNot) {
  ASSERT_EQ(Outcome(PutClinic(clinic_, "Clinic <Élan>\"", "desk@example.org", "en", 1)), "OK");
  ASSERT_EQ(Outcome(PutAccount(account_, "zoe@example.org", "en", 1)), "OK");
  v1::Notice notice;
  notice.mutable_recipient()->set_account_id(account_.ToString());
  notice.mutable_new_treatment_plan()->set_clinic_id(clinic_.ToString());
  notice.mutable_new_treatment_plan()->set_patient_id(patient_.ToString());
  ASSERT_EQ(Outcome(Deliver(NewEventId(), notice, "access_code")), "OK");
  notice.mutable_recipient()->set_clinic_id(clinic_.ToString());
  ASSERT_EQ(Outcome(Deliver(NewEventId(), notice, "access_code")), "OK");
  Deliver();
  const std::vector<ObedientServer::Mail> mails = server_.Mails();
  ASSERT_EQ(mails.size(), 2);
  std::string to_holder = mails[0].message, to_clinic = mails[1].message;
  if (mails[0].to != "zoe@example.org") std::swap(to_holder, to_clinic);
  const auto unfolded = [](std::string text) {
    for (size_t end; (end = text.find("=\r\n")) != std::string::npos;) text.erase(end, 3);
    return text;
  };
  EXPECT_THAT(
      unfolded(to_holder),
      AllOf(HasSubstr("Clinic <=C3=89lan>\" has written"),
            HasSubstr("Clinic &lt;=C3=89lan&gt;&quot; has written"),
            HasSubstr(absl::StrCat("https://portal.example.org/patients/", patient_.ToString()))));
  EXPECT_THAT(unfolded(to_clinic),
              HasSubstr(absl::StrCat("https://portal.example.org/clinics/", clinic_.ToString(),
                                     "/patients/", patient_.ToString())));
}

TEST_F(NoticeSenderTest, ATemporaryFailureIsTriedAgainAndNoted) {
  Refuse(Failure::kDeferred, 451);
  ASSERT_EQ(Outcome(Deliver(NewEventId(), Verification())), "OK");
  Deliver();
  EXPECT_EQ(Queue(), "1|0");
  EXPECT_EQ(Sql("SELECT failure, reply_code FROM notices"), "deferred|451");
  EXPECT_EQ(Metric("notices_failed_total", {{"failure", "deferred"}}), 1);
  server_.Answer(nullptr);
  clock_.Advance(absl::Minutes(1));
  Deliver();
  EXPECT_THAT(Recipients(), ElementsAre("zoe@example.org"));
  EXPECT_EQ(Queue(), "0|0");
}

TEST_F(NoticeSenderTest, ARefusedNoticeIsKeptForAnOperatorAndHoldsUpNobody) {
  server_.Answer([](const Address& to) {
    return to.text() == "poison@example.org"
               ? messaging::Outcome{.failure = Failure::kRefused, .reply_code = 550}
               : messaging::Outcome();
  });
  ASSERT_EQ(Outcome(Deliver(NewEventId(), Verification("poison@example.org"))), "OK");
  for (int i = 0; i < 40; ++i) {
    ASSERT_EQ(Outcome(Deliver(NewEventId(), Verification())), "OK");
  }
  Deliver();
  EXPECT_EQ(Recipients().size(), 40);
  EXPECT_EQ(Queue(), "0|1");
  EXPECT_EQ(Sql("SELECT failure, reply_code FROM notices WHERE failure IS NOT NULL"),
            "refused|550");
}

TEST_F(NoticeSenderTest, AMailThatComesTooLateIsNotSent) {
  Refuse(Failure::kUnreachable, 0);
  ASSERT_EQ(Outcome(Deliver(NewEventId(), Verification())), "OK");
  Deliver();
  server_.Answer(nullptr);
  clock_.Advance(kLinkValidity - absl::Milliseconds(1));
  // Not due any more, whatever the wait after the failure is.
  clock_.Advance(absl::Milliseconds(1));
  Deliver();
  EXPECT_THAT(Recipients(), IsEmpty());
  EXPECT_EQ(Queue(), "0|0");
  EXPECT_EQ(Metric("notices_dropped_total", {{"reason", "expired"}}), 1);
}

TEST_F(NoticeSenderTest, AfterThreeDaysANoticeIsGivenUpAndKept) {
  ASSERT_EQ(Outcome(PutAccount(account_, "zoe@example.org", "en", 1)), "OK");
  Refuse(Failure::kUnreachable, 0);
  ASSERT_EQ(Outcome(Deliver(NewEventId(), PasswordChanged(account_))), "OK");
  const absl::Time end = clock_.Now() + kTryFor;
  clock_.Advance(end - absl::Microseconds(1) - clock_.Now());
  Deliver();
  EXPECT_EQ(Queue(), "1|0");
  clock_.Advance(absl::Minutes(15));
  Deliver();
  EXPECT_EQ(Queue(), "0|1");
  EXPECT_EQ(Sql("SELECT failure, reply_code FROM notices"), "unreachable|");
}

TEST_F(NoticeSenderTest, LogsNeitherAddressesNorLinks) {
  std::string logged;
  {
    testing::LogCapture log;
    Refuse(Failure::kRefused, 550);
    ASSERT_EQ(Outcome(Deliver(NewEventId(), Verification())), "OK");
    Deliver();
    clock_.Advance(absl::Hours(2));
    server_.Answer(nullptr);
    ASSERT_EQ(Outcome(Deliver("019c1f5e-4c00-7000-8000-000000000001", Verification())), "OK");
    Deliver();
    logged = log.Text();
  }
  EXPECT_THAT(logged, AllOf(HasSubstr("outbox_event_buried"), Not(HasSubstr("zoe")),
                            Not(HasSubstr("example.org")), Not(HasSubstr("token"))));
}

}  // namespace
}  // namespace portal::messaging
