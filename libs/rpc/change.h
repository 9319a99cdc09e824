#ifndef LIBS_RPC_CHANGE_H_
#define LIBS_RPC_CHANGE_H_

#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/audit/event.h"
#include "libs/id/ids.h"
#include "libs/rpc/call.h"
#include "libs/rpc/context.h"
#include "libs/status/status_macros.h"

namespace portal::rpc {

// Outcome of the audit row of a repeated request: its recorded answer was given out once more.
inline constexpr char kRepeated[] = "REPEATED";

// What an answer discloses, as its audit row names it.
struct Disclosed {
  const char* resource_kind;
  std::string resource_id;
  std::string patient_id;
};

// Makes a change of a patient's data once, however often its request arrives: idempotency::Run with
// what a handler has at hand. `change` writes its own audit row; a repetition, which discloses the
// recorded answer again, gets one here, about what `disclosed` tells of the answer. `Dependencies`
// has `pool`, `idempotency` and `clock`.
template <typename Response, typename Dependencies, typename Request>
absl::StatusOr<Response> ChangeOnce(
    const Dependencies& dependencies, const Context& context, const Request& request,
    absl::FunctionRef<absl::StatusOr<Response>(db::Transaction&)> change,
    Disclosed (*disclosed)(const Response&)) {
  const auto audit_repetition = [&](db::Transaction& transaction,
                                    const Response& recorded) -> absl::Status {
    const Disclosed again = disclosed(recorded);
    audit::Event event = context.AuditEvent();
    event.outcome = kRepeated;
    event.resource_kind = again.resource_kind;
    event.resource_id = again.resource_id;
    ASSIGN_OR_RETURN(event.patient_id, id::PatientId::Parse("patient_id", again.patient_id));
    return audit::Append(transaction, dependencies.clock, {event});
  };
  return dependencies.idempotency.template Run<Response>(
      dependencies.pool, CallOf(context), KeyOf(context, request.request_id()), request, change,
      /*redact=*/nullptr, audit_repetition);
}

}  // namespace portal::rpc

#endif  // LIBS_RPC_CHANGE_H_
