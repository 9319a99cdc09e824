#include "libs/rpc/event_route.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "gtest/gtest.h"
#include "libs/testing/fake_receiver.h"
#include "libs/testing/rpc_harness.h"
#include "libs/testing/status_matchers.h"
#include "portal/access_code/v1/holder_notice_service.grpc.pb.h"

namespace portal::rpc {
namespace {

using access_code::v1::HolderNoticeService;
using access_code::v1::NotifyHoldersRequest;
using access_code::v1::NotifyHoldersResponse;
using portal::testing::DeliveryOf;
using portal::testing::FailsWith;

class EventRouteTest : public ::testing::Test {
 protected:
  EventRouteTest() : harness_("access_code") {
    harness_.options().max_deadline = absl::Seconds(60);
    EXPECT_OK(harness_.Start(
        receiver_.Tables(HolderNoticeService::service_full_name(), "NotifyHolders")));
  }

  std::shared_ptr<HolderNoticeService::Stub> Stub(const std::string& caller = "records") {
    return HolderNoticeService::NewStub(harness_.Channel(caller));
  }
  outbox::Route Route(const std::string& caller = "records") {
    return EventRoute(Stub(caller), &HolderNoticeService::Stub::NotifyHolders);
  }

  static std::string Payload() {
    NotifyHoldersRequest request;
    request.set_patient_id("p-1");
    return request.SerializeAsString();
  }

  portal::testing::FakeReceiver<NotifyHoldersRequest, NotifyHoldersResponse> receiver_;
  portal::testing::RpcHarness harness_;
};

TEST_F(EventRouteTest, ThePayloadArrivesUnderTheEventsIdByItsDeadline) {
  const outbox::Delivery delivery = DeliveryOf("holders", Payload(), absl::Seconds(40));
  ASSERT_OK(Route()(delivery));
  const auto calls = receiver_.Calls();
  ASSERT_EQ(calls.size(), 1u);
  EXPECT_EQ(calls[0].request.SerializeAsString(), delivery.payload);
  EXPECT_EQ(calls[0].request_id, delivery.event_id.ToString());
  // gRPC tells how long is left, rounded: never a time of its own.
  EXPECT_LT(absl::AbsDuration(calls[0].deadline - delivery.deadline), absl::Seconds(5));
}

TEST_F(EventRouteTest, CompleteAddsWhatOnlyTheDeliveryKnows) {
  const outbox::Route route =
      EventRoute(Stub(), &HolderNoticeService::Stub::NotifyHolders,
                 [](NotifyHoldersRequest& request, const outbox::Delivery& delivery) {
                   request.set_event_id(delivery.event_id.ToString());
                 });
  const outbox::Delivery delivery = DeliveryOf("holders", Payload());
  ASSERT_OK(route(delivery));
  ASSERT_EQ(receiver_.Requests().size(), 1u);
  EXPECT_EQ(receiver_.Requests()[0].patient_id(), "p-1");
  EXPECT_EQ(receiver_.Requests()[0].event_id(), delivery.event_id.ToString());
}

TEST_F(EventRouteTest, APayloadThatIsNoSuchRequestIsNeverSent) {
  EXPECT_THAT(Route()(DeliveryOf("holders", "\xff\xff")),
              FailsWith(absl::StatusCode::kInvalidArgument, "INVALID_FIELD"));
  EXPECT_TRUE(receiver_.Calls().empty());
}

TEST_F(EventRouteTest, ARefusalForGoodIsTellableFromOneForNow) {
  receiver_.Answer(status::InvalidField("patient_id", "is unacceptable"));
  EXPECT_THAT(Route()(DeliveryOf("holders", Payload())),
              FailsWith(absl::StatusCode::kInvalidArgument, "INVALID_FIELD"));
  receiver_.Answer(status::DependencyUnavailable("the database"));
  EXPECT_EQ(Route()(DeliveryOf("holders", Payload())).code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(receiver_.Calls().size(), 2u);
  receiver_.Answer(absl::OkStatus());
  EXPECT_OK(Route()(DeliveryOf("holders", Payload())));
}

TEST_F(EventRouteTest, ACallerThatMayNotIsRefused) {
  EXPECT_THAT(Route("gateway")(DeliveryOf("holders", Payload())),
              FailsWith(absl::StatusCode::kPermissionDenied, "SERVICE_NOT_ALLOWED"));
  EXPECT_TRUE(receiver_.Calls().empty());
}

TEST_F(EventRouteTest, WhileTheOtherServiceIsAwayTheCallEndsByItsDeadline) {
  harness_.Shutdown();
  const outbox::Delivery delivery = DeliveryOf("holders", Payload(), absl::Seconds(1));
  const absl::Status status = Route()(delivery);
  EXPECT_TRUE(absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status)) << status;
  EXPECT_LT(absl::Now(), delivery.deadline + absl::Seconds(20));
}

}  // namespace
}  // namespace portal::rpc
