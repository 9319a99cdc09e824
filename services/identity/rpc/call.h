#ifndef SERVICES_IDENTITY_RPC_CALL_H_
#define SERVICES_IDENTITY_RPC_CALL_H_

#include <string>

#include "libs/db/pool.h"
#include "libs/idempotency/store.h"
#include "libs/rpc/context.h"

namespace portal::identity {

inline db::CallOptions CallOf(const rpc::Context& context) {
  return {.deadline = context.deadline()};
}

inline idempotency::Key KeyOf(const rpc::Context& context, const std::string& request_id) {
  return {.caller = context.Caller(), .method = context.call().method, .request_id = request_id};
}

}  // namespace portal::identity

#endif  // SERVICES_IDENTITY_RPC_CALL_H_
