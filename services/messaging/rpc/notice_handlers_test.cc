#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/messaging/domain/limits.h"
#include "services/messaging/rpc/service_fixture.h"

namespace portal::messaging {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class NoticeHandlersTest : public ServiceTest {
 protected:
  // Taken over, and to be sent.
  std::string Counts() const {
    return Sql("SELECT (SELECT count(*) FROM notices), (SELECT count(*) FROM outbox_events)");
  }

  // The fields that a notice is refused for.
  std::vector<std::string> Refused(const v1::Notice& notice) {
    return status::InvalidFieldsOf(rpc::FromGrpc(Deliver(NewEventId(), notice)));
  }
  // As one of each content that names a clinic and a patient.
  v1::AccessGranted Granted() const {
    v1::AccessGranted content;
    content.set_clinic_id(clinic_.ToString());
    content.set_patient_id(patient_.ToString());
    return content;
  }
};

TEST_F(NoticeHandlersTest, ANoticeIsTakenOverOnceUnderItsEventsId) {
  const std::string event_id = NewEventId();
  EXPECT_EQ(Outcome(Deliver(event_id, Verification())), "OK");
  EXPECT_EQ(Outcome(Deliver(event_id, Verification())), "OK");
  EXPECT_EQ(Sql("SELECT n.event_id, source_service, kind, topic FROM notices n JOIN outbox_events "
                "USING (event_id)"),
            absl::StrCat(event_id, "|identity|verify_email|", kNoticeTopic));
  EXPECT_EQ(Counts(), "1|1");
}

TEST_F(NoticeHandlersTest, DeliveredAgainAfterItWasSentNothingMoreIsSent) {
  const std::string event_id = NewEventId();
  ASSERT_EQ(Outcome(Deliver(event_id, Verification())), "OK");
  Sql("DELETE FROM outbox_events");
  EXPECT_EQ(Outcome(Deliver(event_id, Verification())), "OK");
  EXPECT_EQ(Counts(), "1|0");
}

TEST_F(NoticeHandlersTest, OfDeliveriesAtOnceOneIsTakenOver) {
  const std::string event_id = NewEventId();
  AtOnce(8, [&](int) { EXPECT_EQ(Outcome(Deliver(event_id, Verification())), "OK"); });
  EXPECT_EQ(Counts(), "1|1");
}

TEST_F(NoticeHandlersTest, AnotherServicesEventIsNotTheSame) {
  const std::string event_id = NewEventId();
  ASSERT_EQ(Outcome(Deliver(event_id, Verification())), "OK");
  EXPECT_EQ(Outcome(Deliver(event_id, Verification(), "access_code")), "INVALID_FIELD");
  EXPECT_EQ(Counts(), "1|1");
}

TEST_F(NoticeHandlersTest, WhatItSaysIsSealed) {
  ASSERT_EQ(Outcome(Deliver(NewEventId(), Verification())), "OK");
  const std::string stored =
      Sql("SELECT (SELECT string_agg(n::text, '') FROM notices n), "
          "(SELECT string_agg(encode(payload, 'escape'), '') FROM outbox_events)");
  EXPECT_EQ(stored.find("zoe"), std::string::npos);
  EXPECT_EQ(stored.find("token"), std::string::npos);
}

TEST_F(NoticeHandlersTest, AnAccountThatIsNotKnownYetIsTriedAgain) {
  const std::string event_id = NewEventId();
  EXPECT_EQ(Outcome(Deliver(event_id, PasswordChanged(account_))), "RECIPIENT_UNKNOWN");
  EXPECT_EQ(Counts(), "0|0");
  ASSERT_EQ(Outcome(PutAccount(account_, "zoe@example.org", "en", 1)), "OK");
  EXPECT_EQ(Outcome(Deliver(event_id, PasswordChanged(account_))), "OK");
  EXPECT_EQ(Counts(), "1|1");
}

TEST_F(NoticeHandlersTest, AClinicThatIsNotKnownYetIsTriedAgain) {
  v1::Notice notice;
  notice.mutable_recipient()->set_email("zoe@example.org");
  *notice.mutable_access_granted() = Granted();
  EXPECT_EQ(Outcome(Deliver(NewEventId(), notice, "access_code")), "RECIPIENT_UNKNOWN");
  notice.mutable_recipient()->set_clinic_id(clinic_.ToString());
  EXPECT_EQ(Outcome(Deliver(NewEventId(), notice, "access_code")), "RECIPIENT_UNKNOWN");
  EXPECT_EQ(Counts(), "0|0");
  ASSERT_EQ(Outcome(PutClinic(clinic_, "Élan", "desk@example.org", "fr", 1)), "OK");
  EXPECT_EQ(Outcome(Deliver(NewEventId(), notice, "access_code")), "OK");
  EXPECT_EQ(Sql("SELECT kind FROM notices"), "access_granted_at_clinic");
}

TEST_F(NoticeHandlersTest, EveryMalformedFieldIsNamed) {
  EXPECT_THAT(Refused(v1::Notice()), ElementsAre("notice.recipient", "notice"));
  v1::Notice notice = Verification("zoe@example.org\r\nBcc: all@example.org");
  notice.mutable_recipient()->set_language("tlh");
  notice.mutable_verify_email()->set_link("javascript:alert(1)");
  EXPECT_THAT(Refused(notice), ElementsAre("notice.recipient.email", "notice.recipient.language",
                                           "notice.verify_email.link"));
  EXPECT_THAT(status::InvalidFieldsOf(rpc::FromGrpc(Deliver("x", Verification()))),
              ElementsAre("event_id"));
  EXPECT_EQ(Counts(), "0|0");
}

TEST_F(NoticeHandlersTest, LinksLeadToHttpsAndHoldNothingThatEndsThem) {
  v1::Notice notice = Verification();
  const std::string start = "https://portal.example.org/#";
  for (const std::string& link :
       {std::string(), std::string("http://portal.example.org"), start + " x", start + "\"x",
        start + "<x", start + "\nx", start + "\xC3\xA9", start + std::string(kMaxLinkBytes, 'x')}) {
    notice.mutable_verify_email()->set_link(link);
    EXPECT_THAT(Refused(notice), ElementsAre("notice.verify_email.link")) << link;
  }
  notice.mutable_verify_email()->set_link(start + std::string(kMaxLinkBytes - start.size(), 'x'));
  EXPECT_THAT(Refused(notice), IsEmpty());
}

TEST_F(NoticeHandlersTest, AMailboxCodeHasSixDigits) {
  v1::Notice notice;
  notice.mutable_recipient()->set_email("zoe@example.org");
  for (const char* code : {"", "12345", "1234567", "12345a", "１２"}) {
    notice.mutable_mailbox_code()->set_code(code);
    EXPECT_THAT(Refused(notice), ElementsAre("notice.mailbox_code.code")) << code;
  }
  notice.mutable_mailbox_code()->set_code("012345");
  EXPECT_THAT(Refused(notice), IsEmpty());
}

TEST_F(NoticeHandlersTest, TimesAndTextsAreChecked) {
  v1::Notice notice;
  notice.mutable_recipient()->set_email("zoe@example.org");
  notice.mutable_new_device_sign_in();
  EXPECT_THAT(Refused(notice), ElementsAre("notice.new_device_sign_in.sign_in_time"));
  notice.mutable_new_device_sign_in()->mutable_sign_in_time()->set_seconds(-99'999'999'999'999);
  EXPECT_THAT(Refused(notice), ElementsAre("notice.new_device_sign_in.sign_in_time"));
  notice.mutable_new_device_sign_in()->mutable_sign_in_time()->set_seconds(1'800'000'000);
  // Whatever a thief's client calls itself, the owner is warned.
  for (const std::string& device : {std::string("Firefox\nBcc: all@example.org"),
                                    std::string("\u0085"), std::string(1'000, 'x')}) {
    notice.mutable_new_device_sign_in()->set_device(device);
    EXPECT_THAT(Refused(notice), IsEmpty()) << device;
  }

  notice.mutable_staff_invitation()->set_clinic_display_name("  ");
  EXPECT_THAT(Refused(notice), ElementsAre("notice.staff_invitation.link",
                                           "notice.staff_invitation.clinic_display_name"));
  notice.mutable_access_code_sent()->set_words("");
  EXPECT_THAT(
      Refused(notice),
      ElementsAre("notice.access_code_sent.words", "notice.access_code_sent.link",
                  "notice.access_code_sent.expire_time", "notice.access_code_sent.clinic_id"));
}

TEST_F(NoticeHandlersTest, NobodyButServicesThatHaveNoticesDelivers) {
  for (const char* service : {"gateway", "operator"}) {
    EXPECT_EQ(Outcome(Deliver(NewEventId(), Verification(), service)), "SERVICE_NOT_ALLOWED");
  }
  EXPECT_EQ(Counts(), "0|0");
}

TEST_F(NoticeHandlersTest, AMonthLaterItIsForgottenUnlessItIsStillToBeSent) {
  const std::string sent = NewEventId(), waiting = NewEventId();
  ASSERT_EQ(Outcome(Deliver(sent, Verification())), "OK");
  ASSERT_EQ(Outcome(Deliver(waiting, Verification())), "OK");
  Sql(absl::StrCat("DELETE FROM outbox_events WHERE event_id = '", sent, "'"));
  EXPECT_EQ(*notices_.Prune(clock_.Now(), 10), 0);
  clock_.Advance(kKeepTakenOver);
  EXPECT_EQ(*notices_.Prune(clock_.Now() - kKeepTakenOver, 10), 0);
  clock_.Advance(absl::Microseconds(1));
  EXPECT_EQ(*notices_.Prune(clock_.Now() - kKeepTakenOver, 10), 1);
  EXPECT_EQ(Sql("SELECT event_id FROM notices"), waiting);
}

}  // namespace
}  // namespace portal::messaging
