#ifndef SERVICES_IDENTITY_RPC_AUTHORIZATION_HANDLERS_H_
#define SERVICES_IDENTITY_RPC_AUTHORIZATION_HANDLERS_H_

#include <string>

#include "absl/status/statusor.h"
#include "envoy/service/auth/v3/external_auth.pb.h"
#include "libs/rpc/context.h"
#include "services/identity/rpc/client_methods.h"
#include "services/identity/rpc/client_request.h"
#include "services/identity/rpc/session_gate.h"

namespace portal::identity {

// Envoy's external authorization: whether a client's request may go on to the services, and as
// whom. See docs/adr/0017-gateway-check.md.
class AuthorizationHandlers {
 public:
  // Both outlive it.
  AuthorizationHandlers(const ClientMethods& methods, SessionGate& gate)
      : methods_(methods), gate_(gate) {}

  // A refusal is an answer. An error is the gateway's mistake, or the end of this call: it refuses
  // the request as well.
  absl::StatusOr<envoy::service::auth::v3::CheckResponse> Check(
      const rpc::Context& context, const envoy::service::auth::v3::CheckRequest& request);

 private:
  // The passport of a request that has to have one.
  absl::StatusOr<std::string> PassportOf(const rpc::Context& context, const ClientRequest& client);

  const ClientMethods& methods_;
  SessionGate& gate_;
};

}  // namespace portal::identity

#endif  // SERVICES_IDENTITY_RPC_AUTHORIZATION_HANDLERS_H_
