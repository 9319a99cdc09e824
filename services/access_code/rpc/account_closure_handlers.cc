#include "services/access_code/rpc/account_closure_handlers.h"

#include <vector>

#include "libs/audit/event.h"
#include "libs/rpc/call.h"
#include "libs/status/errors.h"
#include "libs/status/status_macros.h"
#include "services/access_code/rpc/code_event.h"
#include "services/access_code/storage/closed_accounts.h"
#include "services/access_code/storage/form_access_store.h"

namespace portal::access_code {

absl::StatusOr<v1::CloseAccountResponse> AccountClosureHandlers::CloseAccount(
    const rpc::Context& context, const v1::CloseAccountRequest& request) {
  status::FieldViolations violations;
  const auto account_id = id::AccountId::Parse("account_id", request.account_id());
  if (!id::Uuid::Parse(request.event_id()).has_value()) {
    violations.Add("event_id", "must be a lower-case UUID");
  }
  violations.Add(account_id.status());
  RETURN_IF_ERROR(violations.ToStatus());
  const auto close = [&](db::Transaction& transaction) -> absl::Status {
    NoteClosedAccount(transaction, *account_id, deps_.clock.Now());
    std::vector<audit::Event> events;
    for (const Grant& grant : grants_.Close(transaction, *account_id, deps_.clock.Now())) {
      audit::Event& event = events.emplace_back(context.AuditEvent());
      event.clinic_id = grant.clinic_id;
      event.patient_id = grant.patient_id;
      event.resource_kind = "grant";
      event.resource_id = grant.id.ToString();
    }
    for (const FormAccess& form :
         FormAccessStore::Close(transaction, *account_id, deps_.clock.Now())) {
      events.push_back(CodeEvent(context, form.access_code_id, form.clinic_id, form.patient_id));
    }
    return events.empty() ? absl::OkStatus() : audit::Append(transaction, deps_.clock, events);
  };
  RETURN_IF_ERROR(deps_.pool.Transact(rpc::CallOf(context), close));
  return v1::CloseAccountResponse();
}

}  // namespace portal::access_code
