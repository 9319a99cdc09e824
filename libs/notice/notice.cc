#include "libs/notice/notice.h"

#include <algorithm>
#include <mutex>
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

// For how long messaging has answered without a break, as far as this process has seen.
// Thread-safe.
class Answering {
 public:
  explicit Answering(const time::Clock& clock) : clock_(clock) {}

  // After each attempt.
  absl::Duration Note(const absl::Status& outcome) {
    const bool answered = !(absl::IsUnavailable(outcome) || absl::IsDeadlineExceeded(outcome)) ||
                          status::ReasonOf(outcome) == kRecipientUnknown;
    std::lock_guard lock(mutex_);
    const absl::Time now = clock_.Now();
    since_ = answered ? std::min(since_, now) : absl::InfiniteFuture();
    return answered ? now - since_ : absl::ZeroDuration();
  }

 private:
  const time::Clock& clock_;
  std::mutex mutex_;
  absl::Time since_ = absl::InfiniteFuture();  // guarded by mutex_
};

}  // namespace

id::Uuid Append(db::Transaction& transaction, const outbox::Outbox& outbox,
                const messaging::v1::Notice& notice) {
  DeliverNoticeRequest request;
  *request.mutable_notice() = notice;
  return outbox.Append(transaction, kTopic, request.SerializeAsString());
}

outbox::Route RouteTo(std::shared_ptr<grpc::Channel> messaging, const time::Clock& clock) {
  std::shared_ptr<NoticeService::Stub> stub = NoticeService::NewStub(std::move(messaging));
  outbox::Route deliver =
      rpc::EventRoute(std::move(stub), &NoticeService::Stub::DeliverNotice,
                      [](DeliverNoticeRequest& request, const outbox::Delivery& delivery) {
                        request.set_event_id(delivery.event_id.ToString());
                      });
  return [deliver = std::move(deliver), answering = std::make_shared<Answering>(clock)](
             const outbox::Delivery& delivery) -> absl::Status {
    const absl::Status outcome = deliver(delivery);
    const absl::Duration answered_for = answering->Note(outcome);
    if (status::ReasonOf(outcome) != kRecipientUnknown || delivery.age < kLongestUnknown ||
        answered_for < kEntriesArrive) {
      return outcome;
    }
    return status::Error(absl::StatusCode::kInvalidArgument, kRecipientUnknown,
                         "messaging has not heard of the recipient for long");
  };
}

}  // namespace portal::notice
