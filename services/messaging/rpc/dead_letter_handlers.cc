#include "services/messaging/rpc/dead_letter_handlers.h"

#include <optional>
#include <string>
#include <vector>

#include "libs/audit/event.h"
#include "libs/id/uuid.h"
#include "libs/rpc/call.h"
#include "libs/rpc/timestamp.h"
#include "libs/status/errors.h"
#include "libs/status/status_macros.h"
#include "services/messaging/domain/errors.h"
#include "services/messaging/domain/limits.h"

namespace portal::messaging {
namespace {

v1::DeadLetter ToProto(const DeadLetter& letter) {
  v1::DeadLetter proto;
  proto.set_event_id(letter.event_id.ToString());
  proto.set_source_service(letter.source_service);
  proto.set_kind(letter.kind);
  *proto.mutable_accept_time() = rpc::ToProto(letter.accepted_at);
  *proto.mutable_dead_time() = rpc::ToProto(letter.dead_at);
  proto.set_attempts(letter.attempts);
  proto.set_failure(letter.failure);
  proto.set_reply_code(letter.reply_code);
  return proto;
}

}  // namespace

absl::StatusOr<v1::ListDeadLettersResponse> DeadLetterHandlers::ListDeadLetters(
    const rpc::Context& context, const v1::ListDeadLettersRequest& request) {
  ASSIGN_OR_RETURN(const int page_size,
                   rpc::PageSize(request.page_size(), kDefaultPageSize, kMaxPageSize));
  ASSIGN_OR_RETURN(const std::vector<std::string> texts,
                   page_tokens_.Parse(request, request.page_token(), 1));
  ASSIGN_OR_RETURN(const std::optional<id::Uuid> position, rpc::IdPosition<id::Uuid>(texts));
  const id::Uuid after = position.value_or(id::Uuid());
  ASSIGN_OR_RETURN(std::vector<DeadLetter> letters,
                   deps_.notices.ListDead(rpc::CallOf(context), after, page_size + 1));
  v1::ListDeadLettersResponse response;
  if (letters.size() > static_cast<size_t>(page_size)) {
    letters.resize(page_size);
    response.set_next_page_token(page_tokens_.Make(request, {letters.back().event_id.ToString()}));
  }
  for (const DeadLetter& letter : letters) *response.add_dead_letters() = ToProto(letter);
  return response;
}

absl::StatusOr<v1::ReplayDeadLetterResponse> DeadLetterHandlers::ReplayDeadLetter(
    const rpc::Context& context, const v1::ReplayDeadLetterRequest& request) {
  RETURN_IF_ERROR(Change(context, request.event_id(),
                         [&](db::Transaction& transaction, const id::Uuid& event_id) {
                           return deps_.notices.Replay(transaction, event_id);
                         }));
  return v1::ReplayDeadLetterResponse();
}

absl::StatusOr<v1::DiscardDeadLetterResponse> DeadLetterHandlers::DiscardDeadLetter(
    const rpc::Context& context, const v1::DiscardDeadLetterRequest& request) {
  RETURN_IF_ERROR(Change(context, request.event_id(),
                         [&](db::Transaction& transaction, const id::Uuid& event_id) {
                           return deps_.notices.Discard(transaction, event_id);
                         }));
  return v1::DiscardDeadLetterResponse();
}

absl::Status DeadLetterHandlers::Change(
    const rpc::Context& context, const std::string& event_id,
    absl::FunctionRef<bool(db::Transaction&, const id::Uuid&)> change) {
  const std::optional<id::Uuid> uuid = id::Uuid::Parse(event_id);
  if (!uuid.has_value()) return status::InvalidField("event_id", "must be a lower-case UUID");
  return deps_.pool.Transact(rpc::CallOf(context),
                             [&](db::Transaction& transaction) -> absl::Status {
                               if (!change(transaction, *uuid)) return DeadLetterNotFound();
                               audit::Event event = context.AuditEvent();
                               event.resource_kind = "notice";
                               event.resource_id = event_id;
                               return audit::Append(transaction, deps_.clock, {event});
                             });
}

}  // namespace portal::messaging
