#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "portal/messaging/v1/dead_letter_service.grpc.pb.h"
#include "services/messaging/domain/limits.h"
#include "services/messaging/rpc/service_fixture.h"

namespace portal::messaging {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class DeadLetterHandlersTest : public ServiceTest {
 protected:
  // The id of a notice that was refused.
  std::string NewDeadLetter() {
    const std::string event_id = NewEventId();
    EXPECT_EQ(Outcome(Deliver(event_id, Verification())), "OK");
    EXPECT_OK(notices_.NoteFailure(*id::Uuid::Parse(event_id), "refused", 550));
    Sql(
        absl::StrCat("UPDATE outbox_events SET attempts = 3, dead_at = '2026-11-23T10:00:00Z' "
                     "WHERE event_id = '",
                     event_id, "'"));
    return event_id;
  }

  grpc::Status List(const v1::ListDeadLettersRequest& request,
                    v1::ListDeadLettersResponse& response) {
    testing::Caller caller("", kPatience);
    return stub_->ListDeadLetters(caller, request, &response);
  }
  std::vector<std::string> Listed() {
    v1::ListDeadLettersResponse response;
    EXPECT_EQ(Outcome(List({}, response)), "OK");
    std::vector<std::string> ids;
    for (const v1::DeadLetter& letter : response.dead_letters()) ids.push_back(letter.event_id());
    return ids;
  }
  std::string Replay(const std::string& event_id) {
    v1::ReplayDeadLetterRequest request;
    request.set_event_id(event_id);
    return Outcome(Call(*stub_, &v1::DeadLetterService::Stub::ReplayDeadLetter, request));
  }
  std::string Discard(const std::string& event_id) {
    v1::DiscardDeadLetterRequest request;
    request.set_event_id(event_id);
    return Outcome(Call(*stub_, &v1::DeadLetterService::Stub::DiscardDeadLetter, request));
  }

  const std::unique_ptr<v1::DeadLetterService::Stub> stub_ =
      v1::DeadLetterService::NewStub(harness_.Channel("operator"));
};

TEST_F(DeadLetterHandlersTest, TellsWhyANoticeWasGivenUpAndNothingOfWhatItSays) {
  const std::string event_id = NewDeadLetter();
  ASSERT_EQ(Outcome(Deliver(NewEventId(), Verification())), "OK");  // still to be sent
  v1::ListDeadLettersResponse response;
  ASSERT_EQ(Outcome(List({}, response)), "OK");
  ASSERT_EQ(response.dead_letters_size(), 1);
  const v1::DeadLetter& letter = response.dead_letters(0);
  EXPECT_EQ(letter.event_id(), event_id);
  EXPECT_EQ(letter.source_service(), "identity");
  EXPECT_EQ(letter.kind(), "verify_email");
  EXPECT_EQ(letter.accept_time().seconds(), absl::ToUnixSeconds(clock_.Now()));
  EXPECT_EQ(letter.dead_time().seconds(), 1795428000);
  EXPECT_EQ(letter.attempts(), 3);
  EXPECT_EQ(letter.failure(), "refused");
  EXPECT_EQ(letter.reply_code(), 550);
  EXPECT_EQ(response.SerializeAsString().find("zoe"), std::string::npos);
  EXPECT_EQ(response.SerializeAsString().find("token="), std::string::npos);
}

TEST_F(DeadLetterHandlersTest, PagesHoldEachOnce) {
  std::vector<std::string> ids;
  for (int i = 0; i < 5; ++i) ids.push_back(NewDeadLetter());
  std::vector<std::string> seen;
  v1::ListDeadLettersRequest request;
  request.set_page_size(2);
  do {
    v1::ListDeadLettersResponse response;
    ASSERT_EQ(Outcome(List(request, response)), "OK");
    for (const v1::DeadLetter& letter : response.dead_letters()) seen.push_back(letter.event_id());
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_EQ(seen, ids);
  v1::ListDeadLettersResponse response;
  request.set_page_token("garbage");
  EXPECT_EQ(Outcome(List(request, response)), "PAGE_TOKEN_INVALID");
  request.set_page_token("");
  request.set_page_size(kMaxPageSize + 1);
  EXPECT_EQ(Outcome(List(request, response)), "INVALID_FIELD");
}

TEST_F(DeadLetterHandlersTest, ReplayedItIsTriedForThreeDaysAgain) {
  const std::string event_id = NewDeadLetter();
  clock_.Advance(absl::Hours(1000));
  EXPECT_EQ(Replay(event_id), "OK");
  EXPECT_THAT(Listed(), IsEmpty());
  EXPECT_EQ(Sql("SELECT dead_at IS NULL, available_at <= now() + interval '1000 years' FROM "
                "outbox_events"),
            "t|t");
  EXPECT_EQ(Sql("SELECT micros(try_until) FROM notices"),
            absl::StrCat(absl::ToUnixMicros(clock_.Now() + kTryFor)));
  EXPECT_EQ(Replay(event_id), "DEAD_LETTER_NOT_FOUND");
}

TEST_F(DeadLetterHandlersTest, DiscardedItIsErasedAndNotTakenOverAgain) {
  const std::string event_id = NewDeadLetter();
  EXPECT_EQ(Discard(event_id), "OK");
  EXPECT_EQ(Sql("SELECT count(*) FROM outbox_events"), "0");
  EXPECT_EQ(Discard(event_id), "DEAD_LETTER_NOT_FOUND");
  EXPECT_EQ(Replay(event_id), "DEAD_LETTER_NOT_FOUND");
  EXPECT_EQ(Outcome(Deliver(event_id, Verification())), "OK");
  EXPECT_EQ(Sql("SELECT count(*) FROM outbox_events"), "0");
}

TEST_F(DeadLetterHandlersTest, WhatIsStillToBeSentIsLeftAlone) {
  const std::string event_id = NewEventId();
  ASSERT_EQ(Outcome(Deliver(event_id, Verification())), "OK");
  EXPECT_EQ(Discard(event_id), "DEAD_LETTER_NOT_FOUND");
  EXPECT_EQ(Replay(event_id), "DEAD_LETTER_NOT_FOUND");
  EXPECT_EQ(Replay("x"), "INVALID_FIELD");
  EXPECT_EQ(Discard(""), "INVALID_FIELD");
  EXPECT_EQ(Sql("SELECT count(*) FROM outbox_events"), "1");
  EXPECT_EQ(Sql("SELECT count(*) FROM audit_events WHERE outcome = 'OK'"), "0");
}

TEST_F(DeadLetterHandlersTest, OfReplayAndDiscardAtOnceOneHappens) {
  for (int round = 0; round < 5; ++round) {
    const std::string event_id = NewDeadLetter();
    std::vector<std::string> outcomes(4);
    AtOnce(4, [&](int i) { outcomes[i] = i % 2 == 0 ? Replay(event_id) : Discard(event_id); });
    EXPECT_EQ(std::count(outcomes.begin(), outcomes.end(), "OK"), 1);
  }
}

TEST_F(DeadLetterHandlersTest, WhatWasGivenUpLongAgoIsErasedAndTheRestStays) {
  const absl::Time given_up = absl::FromUnixSeconds(1795428000);  // NewDeadLetter()
  const std::string first = NewDeadLetter(), second = NewDeadLetter();
  const std::string waiting = NewEventId();
  ASSERT_EQ(Outcome(Deliver(waiting, Verification())), "OK");
  EXPECT_EQ(*notices_.DiscardOld(given_up, 10), 0);
  EXPECT_THAT(Listed(), ElementsAre(first, second));
  EXPECT_EQ(Sql("SELECT count(*) FROM audit_events"), "0");

  const absl::Time later = given_up + absl::Microseconds(1);
  EXPECT_EQ(*notices_.DiscardOld(later, 1), 1);
  EXPECT_THAT(Listed(), ElementsAre(second));
  EXPECT_EQ(*notices_.DiscardOld(later, 10), 1);
  EXPECT_EQ(Sql("SELECT event_id FROM outbox_events"), waiting);
  EXPECT_EQ(Sql("SELECT actor_kind, calling_service, action, resource_kind, resource_id "
                "FROM audit_events ORDER BY event_id"),
            absl::StrCat("service|messaging|messaging.DeadLetterExpired|notice|", first,
                         "\nservice|messaging|messaging.DeadLetterExpired|notice|", second));
  // Its delivery, repeated, brings nothing back.
  EXPECT_EQ(Outcome(Deliver(first, Verification())), "OK");
  EXPECT_EQ(Sql("SELECT count(*) FROM outbox_events"), "1");
}

TEST_F(DeadLetterHandlersTest, OfReplayAndExpiryAtOnceOneHappens) {
  for (int round = 0; round < 5; ++round) {
    const std::string event_id = NewDeadLetter();
    std::string replayed;
    int64_t erased = 0;
    AtOnce(2, [&](int i) {
      if (i == 0) {
        replayed = Replay(event_id);
      } else {
        erased = notices_.DiscardOld(absl::FromUnixSeconds(2'000'000'000), 10).value();
      }
    });
    EXPECT_EQ((replayed == "OK") + erased, 1);
  }
}

TEST_F(DeadLetterHandlersTest, WhatAnOperatorDidIsAudited) {
  const std::string first = NewDeadLetter(), second = NewDeadLetter();
  ASSERT_EQ(Replay(first), "OK");
  ASSERT_EQ(Discard(second), "OK");
  EXPECT_EQ(Sql("SELECT calling_service, action, resource_kind, resource_id FROM audit_events "
                "ORDER BY occurred_at, event_id"),
            absl::StrCat("operator|messaging.ReplayDeadLetter|notice|", first,
                         "\noperator|messaging.DiscardDeadLetter|notice|", second));
}

}  // namespace
}  // namespace portal::messaging
