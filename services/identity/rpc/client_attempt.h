#ifndef SERVICES_IDENTITY_RPC_CLIENT_ATTEMPT_H_
#define SERVICES_IDENTITY_RPC_CLIENT_ATTEMPT_H_

#include <optional>

#include "libs/rpc/context.h"
#include "services/identity/storage/attempt_counter.h"

namespace portal::identity {

// The call as an attempt from its client's network; none if the gateway did not say where the
// client is.
inline std::optional<Attempt> ClientAttempt(const rpc::Context& context, AttemptKind kind,
                                            const AttemptLimit& limit) {
  if (context.call().client_address.empty()) return std::nullopt;
  return Attempt::FromClient(kind, context.call().client_address, limit);
}

}  // namespace portal::identity

#endif  // SERVICES_IDENTITY_RPC_CLIENT_ATTEMPT_H_
