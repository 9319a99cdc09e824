#ifndef SERVICES_IDENTITY_RPC_CHECK_ANSWER_H_
#define SERVICES_IDENTITY_RPC_CHECK_ANSWER_H_

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "envoy/service/auth/v3/external_auth.pb.h"
#include "services/identity/rpc/client_methods.h"
#include "services/identity/rpc/client_request.h"

namespace portal::identity {

// Lets the request go on to `method`: with the passport, if there is one, and without what the
// services are not to see, or not to believe. The method's name is left for the gateway's log.
envoy::service::auth::v3::CheckResponse Allow(const ClientRequest& request,
                                              const ClientMethods::Method& method,
                                              const std::optional<std::string>& passport);

// Ends the request, in the form that its client understands: a gRPC status, or an HTTP status with
// a google.rpc.Status as JSON. Both carry the reason and `request_id`.
envoy::service::auth::v3::CheckResponse Refuse(const ClientRequest& request,
                                               const std::string& request_id,
                                               const absl::Status& refusal);

}  // namespace portal::identity

#endif  // SERVICES_IDENTITY_RPC_CHECK_ANSWER_H_
