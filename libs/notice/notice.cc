#include "libs/notice/notice.h"

#include <utility>

#include "absl/status/status.h"
#include "libs/rpc/event_route.h"
#include "libs/status/errors.h"
#include "portal/messaging/v1/notice_service.grpc.pb.h"

namespace portal::notice {

using messaging::v1::DeliverNoticeRequest;
using messaging::v1::NoticeService;

namespace {

constexpr char kRecipientUnknown[] = "RECIPIENT_UNKNOWN";

}  // namespace

id::Uuid Append(db::Transaction& transaction, const outbox::Outbox& outbox,
                const messaging::v1::Notice& notice) {
  DeliverNoticeRequest request;
  *request.mutable_notice() = notice;
  return outbox.Append(transaction, kTopic, request.SerializeAsString());
}

outbox::Route RouteTo(std::shared_ptr<grpc::Channel> messaging) {
  std::shared_ptr<NoticeService::Stub> stub = NoticeService::NewStub(std::move(messaging));
  outbox::Route deliver =
      rpc::EventRoute(std::move(stub), &NoticeService::Stub::DeliverNotice,
                      [](DeliverNoticeRequest& request, const outbox::Delivery& delivery) {
                        request.set_event_id(delivery.event_id.ToString());
                      });
  return [deliver = std::move(deliver)](const outbox::Delivery& delivery) -> absl::Status {
    const absl::Status outcome = deliver(delivery);
    if (delivery.age < kLongestUnknown || status::ReasonOf(outcome) != kRecipientUnknown) {
      return outcome;
    }
    return status::Error(absl::StatusCode::kInvalidArgument, kRecipientUnknown,
                         "messaging has not heard of the recipient for long");
  };
}

}  // namespace portal::notice
