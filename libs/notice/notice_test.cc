#include "libs/notice/notice.h"

#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "gtest/gtest.h"
#include "libs/id/uuid.h"
#include "libs/rpc/method_table.h"
#include "libs/status/errors.h"
#include "libs/testing/rpc_harness.h"
#include "libs/testing/status_matchers.h"
#include "portal/messaging/v1/notice_service.grpc.pb.h"

namespace portal::notice {
namespace {

using messaging::v1::DeliverNoticeRequest;
using messaging::v1::DeliverNoticeResponse;
using messaging::v1::NoticeService;

// messaging, as far as it is concerned. Thread-safe.
class Messaging {
 public:
  absl::StatusOr<DeliverNoticeResponse> DeliverNotice(const rpc::Context&,
                                                      const DeliverNoticeRequest& request) {
    std::lock_guard lock(mutex_);
    requests_.push_back(request);
    if (answer_.ok()) return DeliverNoticeResponse();
    return answer_;
  }

  std::vector<DeliverNoticeRequest> Requests() {
    std::lock_guard lock(mutex_);
    return requests_;
  }

  void Answer(absl::Status answer) {
    std::lock_guard lock(mutex_);
    answer_ = std::move(answer);
  }

 private:
  std::mutex mutex_;
  std::vector<DeliverNoticeRequest> requests_;
  absl::Status answer_;
};

class NoticeTest : public ::testing::Test {
 protected:
  NoticeTest() : harness_("messaging") {
    rpc::MethodTable table(NoticeService::service_full_name());
    table.Unary("DeliverNotice", rpc::Lane::kWrite, &messaging_, &Messaging::DeliverNotice);
    std::vector<rpc::MethodTable> tables;
    tables.push_back(std::move(table));
    EXPECT_OK(harness_.Start(std::move(tables)));
    route_ = RouteTo(harness_.Channel("identity"));
  }

  static outbox::Delivery DeliveryOf(std::string payload) {
    return {.event_id = id::NewUuidV7(time::SystemClock()),
            .topic = kTopic,
            .payload = std::move(payload),
            .deadline = absl::Now() + absl::Seconds(20)};
  }

  static std::string Payload() {
    DeliverNoticeRequest request;
    request.mutable_notice()->mutable_recipient()->set_email("zoe@example.org");
    request.mutable_notice()->mutable_password_changed();
    return request.SerializeAsString();
  }

  Messaging messaging_;
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

TEST_F(NoticeTest, PayloadThatIsNoNoticeCanNeverBeDelivered) {
  EXPECT_THAT(route_(DeliveryOf("\xff\xff")),
              testing::FailsWith(absl::StatusCode::kInvalidArgument, "INVALID_FIELD"));
  EXPECT_TRUE(messaging_.Requests().empty());
}

TEST_F(NoticeTest, RecipientNotKnownYetIsTriedAgain) {
  messaging_.Answer(
      status::Error(absl::StatusCode::kUnavailable, "RECIPIENT_UNKNOWN", "Not known yet."));
  EXPECT_THAT(route_(DeliveryOf(Payload())),
              testing::FailsWith(absl::StatusCode::kUnavailable, "RECIPIENT_UNKNOWN"));
}

}  // namespace
}  // namespace portal::notice
