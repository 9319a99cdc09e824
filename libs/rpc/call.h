#ifndef LIBS_RPC_CALL_H_
#define LIBS_RPC_CALL_H_

#include <string>

#include "libs/db/pool.h"
#include "libs/idempotency/store.h"
#include "libs/rpc/context.h"

namespace portal::rpc {

// How the call's statements run: hardly longer than its caller waits.
inline db::CallOptions CallOf(const Context& context) { return {.deadline = context.deadline()}; }

// What the change is known by when it is repeated.
inline idempotency::Key KeyOf(const Context& context, const std::string& request_id) {
  return {.caller = context.Caller(), .method = context.call().method, .request_id = request_id};
}

}  // namespace portal::rpc

#endif  // LIBS_RPC_CALL_H_
