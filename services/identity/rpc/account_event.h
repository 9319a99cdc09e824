#ifndef SERVICES_IDENTITY_RPC_ACCOUNT_EVENT_H_
#define SERVICES_IDENTITY_RPC_ACCOUNT_EVENT_H_

#include "libs/audit/event.h"
#include "libs/id/ids.h"
#include "libs/rpc/context.h"

namespace portal::identity {

// The audit row of what somebody does with their own account, whether or not they are signed in.
inline audit::Event EventAbout(const rpc::Context& context, const id::AccountId& account_id) {
  audit::Event event = context.AuditEvent();
  event.actor_kind = audit::ActorKind::kAccount;
  event.actor_id = account_id;
  event.resource_kind = "account";
  event.resource_id = account_id.ToString();
  return event;
}

}  // namespace portal::identity

#endif  // SERVICES_IDENTITY_RPC_ACCOUNT_EVENT_H_
