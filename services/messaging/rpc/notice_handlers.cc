#include "services/messaging/rpc/notice_handlers.h"

#include <optional>

#include "libs/id/uuid.h"
#include "libs/rpc/call.h"
#include "libs/status/errors.h"
#include "libs/status/status_macros.h"
#include "services/messaging/rpc/notice_parser.h"

namespace portal::messaging {

absl::StatusOr<v1::DeliverNoticeResponse> NoticeHandlers::DeliverNotice(
    const rpc::Context& context, const v1::DeliverNoticeRequest& request) {
  status::FieldViolations violations;
  const std::optional<id::Uuid> event_id = id::Uuid::Parse(request.event_id());
  if (!event_id.has_value()) violations.Add("event_id", "must be a lower-case UUID");
  const absl::StatusOr<Notice> notice = ParseNotice("notice", request.notice());
  violations.Add(notice.status());
  RETURN_IF_ERROR(violations.ToStatus());
  RETURN_IF_ERROR(deps_.notices.TakeOver(rpc::CallOf(context), *event_id, context.call().service,
                                         *notice, request.notice().SerializeAsString()));
  return v1::DeliverNoticeResponse();
}

}  // namespace portal::messaging
