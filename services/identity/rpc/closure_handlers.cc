#include "services/identity/rpc/closure_handlers.h"

#include <optional>
#include <utility>
#include <vector>

#include "libs/audit/event.h"
#include "libs/rpc/call.h"
#include "libs/status/errors.h"
#include "libs/status/status_macros.h"
#include "services/identity/domain/errors.h"
#include "services/identity/rpc/account_closed.h"
#include "services/identity/rpc/repetition.h"

namespace portal::identity {

ClosureHandlers::ClosureHandlers(const Dependencies& dependencies)
    : deps_(dependencies),
      accounts_(dependencies.pool),
      factors_(dependencies.pool),
      attempts_(dependencies.pool, dependencies.clock),
      owner_check_(dependencies),
      second_factor_check_(factors_, dependencies.sealer, dependencies.clock),
      cut_off_(dependencies),
      directory_(dependencies.pool, dependencies.outbox),
      notices_(dependencies.outbox, dependencies.portal_base_url) {}

absl::StatusOr<v1::CloseAccountResponse> ClosureHandlers::CloseAccount(
    const rpc::Context& context, const v1::CloseAccountRequest& request) {
  using Response = v1::CloseAccountResponse;
  ASSIGN_OR_RETURN(
      const std::optional<SecondFactorCode> code,
      SecondFactorCode::ParseOptional("second_factor_code", request.second_factor_code()));
  const db::CallOptions call = rpc::CallOf(context);
  const idempotency::Key key = rpc::KeyOf(context, request.request_id());
  const v1::CloseAccountRequest repeatable = WithoutSecrets(request);
  ASSIGN_OR_RETURN(std::optional<Response> recorded,
                   deps_.idempotency.Find<Response>(deps_.pool, call, key, repeatable));
  if (recorded.has_value()) return *std::move(recorded);

  const absl::StatusOr<Owner> owner = owner_check_.Check(context, request.password());
  // A copy whose first one closed the account meanwhile finds the session ended.
  if (!IsSettled(owner.status()) && status::ReasonOf(owner.status()) != "SESSION_ENDED") {
    return owner.status();
  }
  return deps_.idempotency.Run<Response>(
      deps_.pool, call, key, repeatable,
      [&](db::Transaction& transaction) -> absl::StatusOr<Response> {
        // Said here: the copy gets the first one's answer instead.
        RETURN_IF_ERROR(owner.status());
        RETURN_IF_ERROR(Close(transaction, context, *owner, code));
        return Response();
      });
}

absl::Status ClosureHandlers::Close(db::Transaction& transaction, const rpc::Context& context,
                                    const Owner& owner,
                                    const std::optional<SecondFactorCode>& code) {
  // First: it locks the account, and whoever would open a session for it waits.
  ASSIGN_OR_RETURN(const AccountContact contact,
                   closures_.Close(transaction, owner.account_id, owner.password_hash.value_or(""),
                                   deps_.clock.Now()));
  RETURN_IF_ERROR(EndMemberships(transaction, context, owner.account_id));
  RETURN_IF_ERROR(second_factor_check_.CheckIfEnabled(transaction, owner.account_id, code));
  RETURN_IF_ERROR(factors_.Remove(transaction, owner.account_id).status());
  RETURN_IF_ERROR(cut_off_.Run(transaction, owner.account_id, std::nullopt, std::nullopt));
  RETURN_IF_ERROR(attempts_.Clear(transaction, SignInAttempt(contact.email, owner.device_id)));
  RETURN_IF_ERROR(accounts_.VoidSignUp(transaction, contact.email));
  RETURN_IF_ERROR(directory_.Tell(transaction, owner.account_id));
  notices_.AccountClosed(transaction, contact);
  deps_.outbox.Append(transaction, kAccountClosedTopic, AccountClosedPayload(owner.account_id));
  return absl::OkStatus();
}

absl::Status ClosureHandlers::EndMemberships(db::Transaction& transaction,
                                             const rpc::Context& context,
                                             const id::AccountId& account_id) {
  ASSIGN_OR_RETURN(const std::vector<EndedMembership> ended,
                   closures_.EndMemberships(transaction, account_id));
  audit::Event event = context.AuditEvent();
  event.resource_kind = "account";
  event.resource_id = account_id.ToString();
  std::vector<audit::Event> events = {event};
  for (const EndedMembership& membership : ended) {
    event.clinic_id = membership.clinic_id;
    event.resource_kind = "staff_member";
    event.resource_id = membership.staff_member_id.ToString();
    events.push_back(event);
  }
  return audit::Append(transaction, deps_.clock, events);
}

}  // namespace portal::identity
