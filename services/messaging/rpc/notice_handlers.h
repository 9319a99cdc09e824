#ifndef SERVICES_MESSAGING_RPC_NOTICE_HANDLERS_H_
#define SERVICES_MESSAGING_RPC_NOTICE_HANDLERS_H_

#include "absl/status/statusor.h"
#include "libs/rpc/context.h"
#include "portal/messaging/v1/notice_service.pb.h"
#include "services/messaging/rpc/dependencies.h"

namespace portal::messaging {

// portal.messaging.v1.NoticeService.
class NoticeHandlers {
 public:
  explicit NoticeHandlers(const Dependencies& dependencies) : deps_(dependencies) {}

  absl::StatusOr<v1::DeliverNoticeResponse> DeliverNotice(const rpc::Context& context,
                                                          const v1::DeliverNoticeRequest& request);

 private:
  const Dependencies deps_;
};

}  // namespace portal::messaging

#endif  // SERVICES_MESSAGING_RPC_NOTICE_HANDLERS_H_
