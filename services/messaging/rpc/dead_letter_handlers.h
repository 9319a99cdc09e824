#ifndef SERVICES_MESSAGING_RPC_DEAD_LETTER_HANDLERS_H_
#define SERVICES_MESSAGING_RPC_DEAD_LETTER_HANDLERS_H_

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/rpc/context.h"
#include "libs/rpc/page_token.h"
#include "portal/messaging/v1/dead_letter_service.pb.h"
#include "services/messaging/rpc/dependencies.h"

namespace portal::messaging {

// portal.messaging.v1.DeadLetterService.
class DeadLetterHandlers {
 public:
  explicit DeadLetterHandlers(const Dependencies& dependencies)
      : deps_(dependencies), page_tokens_(dependencies.sealer) {}

  absl::StatusOr<v1::ListDeadLettersResponse> ListDeadLetters(
      const rpc::Context& context, const v1::ListDeadLettersRequest& request);
  absl::StatusOr<v1::ReplayDeadLetterResponse> ReplayDeadLetter(
      const rpc::Context& context, const v1::ReplayDeadLetterRequest& request);
  absl::StatusOr<v1::DiscardDeadLetterResponse> DiscardDeadLetter(
      const rpc::Context& context, const v1::DiscardDeadLetterRequest& request);

 private:
  // Makes the change to the notice `event_id` and audits it.
  absl::Status Change(const rpc::Context& context, const std::string& event_id,
                      absl::FunctionRef<bool(db::Transaction&, const id::Uuid&)> change);

  const Dependencies deps_;
  const rpc::PageTokens page_tokens_;
};

}  // namespace portal::messaging

#endif  // SERVICES_MESSAGING_RPC_DEAD_LETTER_HANDLERS_H_
