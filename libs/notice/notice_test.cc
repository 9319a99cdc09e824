#include "libs/notice/notice.h"

#include <string>
#include <utility>

#include "gtest/gtest.h"
#include "libs/status/errors.h"
#include "libs/testing/fake_clock.h"
#include "libs/testing/fake_receiver.h"
#include "libs/testing/rpc_harness.h"
#include "libs/testing/status_matchers.h"
#include "portal/messaging/v1/notice_service.grpc.pb.h"

namespace portal::notice {
namespace {

using messaging::v1::DeliverNoticeRequest;
using messaging::v1::DeliverNoticeResponse;
using messaging::v1::NoticeService;

class NoticeTest : public ::testing::Test {
 protected:
  NoticeTest() : harness_("messaging") {
    EXPECT_OK(
        harness_.Start(messaging_.Tables(NoticeService::service_full_name(), "DeliverNotice")));
    route_ = RouteTo(harness_.Channel("identity"), clock_);
  }

  static outbox::Delivery DeliveryOf(std::string payload) {
    return testing::DeliveryOf(kTopic, std::move(payload));
  }

  static std::string Payload() {
    DeliverNoticeRequest request;
    request.mutable_notice()->mutable_recipient()->set_email("zoe@example.org");
    request.mutable_notice()->mutable_password_changed();
    return request.SerializeAsString();
  }

  testing::FakeClock clock_;
  testing::FakeReceiver<DeliverNoticeRequest, DeliverNoticeResponse> messaging_;
  testing::RpcHarness harness_;
  outbox::Route route_;
};

TEST_F(NoticeTest, ArrivesUnderItsEventsId) {
  const outbox::Delivery delivery = DeliveryOf(Payload());
  EXPECT_OK(route_(delivery));
  ASSERT_EQ(messaging_.Requests().size(), 1u);
  const DeliverNoticeRequest request = messaging_.Requests()[0];
  EXPECT_EQ(request.event_id(), delivery.event_id.ToString());
  EXPECT_EQ(request.notice().recipient().email(), "zoe@example.org");
  EXPECT_TRUE(request.notice().has_password_changed());
}

TEST_F(NoticeTest, RecipientNotKnownYetIsTriedAgain) {
  messaging_.Answer(
      status::Error(absl::StatusCode::kUnavailable, "RECIPIENT_UNKNOWN", "Not known yet."));
  EXPECT_THAT(route_(DeliveryOf(Payload())),
              testing::FailsWith(absl::StatusCode::kUnavailable, "RECIPIENT_UNKNOWN"));
}

TEST_F(NoticeTest, RecipientNotKnownForADayIsLeftToAnOperator) {
  messaging_.Answer(
      status::Error(absl::StatusCode::kUnavailable, "RECIPIENT_UNKNOWN", "Not known yet."));
  outbox::Delivery delivery = DeliveryOf(Payload());
  delivery.age = kLongestUnknown - absl::Microseconds(1);
  EXPECT_THAT(route_(delivery),
              testing::FailsWith(absl::StatusCode::kUnavailable, "RECIPIENT_UNKNOWN"));
  clock_.Advance(kEntriesArrive);
  EXPECT_THAT(route_(delivery),
              testing::FailsWith(absl::StatusCode::kUnavailable, "RECIPIENT_UNKNOWN"));
  delivery.age = kLongestUnknown;
  EXPECT_THAT(route_(delivery),
              testing::FailsWith(absl::StatusCode::kInvalidArgument, "RECIPIENT_UNKNOWN"));
  // It was asked, so that one replayed by an operator arrives if the recipient is known by now.
  messaging_.Answer(absl::OkStatus());
  EXPECT_OK(route_(delivery));
}

TEST_F(NoticeTest, AnOutageOfADayIsNoReasonToGiveUp) {
  messaging_.Answer(status::DependencyUnavailable("the database"));
  outbox::Delivery delivery = DeliveryOf(Payload());
  delivery.age = 10 * kLongestUnknown;
  EXPECT_EQ(route_(delivery).code(), absl::StatusCode::kUnavailable);
}

// What tells messaging of the recipient waited for it just as the notice did.
TEST_F(NoticeTest, AfterAnOutageOfADayEntriesHaveTimeToArrive) {
  const absl::Status unknown =
      status::Error(absl::StatusCode::kUnavailable, "RECIPIENT_UNKNOWN", "Not known yet.");
  outbox::Delivery delivery = DeliveryOf(Payload());
  delivery.age = 2 * kLongestUnknown;
  messaging_.Answer(unknown);
  EXPECT_EQ(route_(delivery).code(), absl::StatusCode::kUnavailable);
  clock_.Advance(kEntriesArrive - absl::Microseconds(1));
  EXPECT_EQ(route_(delivery).code(), absl::StatusCode::kUnavailable);
  messaging_.Answer(status::DependencyUnavailable("the database"));
  EXPECT_EQ(route_(delivery).code(), absl::StatusCode::kUnavailable);
  messaging_.Answer(unknown);
  clock_.Advance(kEntriesArrive);
  EXPECT_EQ(route_(delivery).code(), absl::StatusCode::kUnavailable);
  clock_.Advance(kEntriesArrive);
  EXPECT_EQ(route_(delivery).code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace portal::notice
