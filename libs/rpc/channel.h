#ifndef LIBS_RPC_CHANNEL_H_
#define LIBS_RPC_CHANNEL_H_

#include <memory>
#include <string>

#include "absl/time/time.h"
#include "grpcpp/channel.h"
#include "grpcpp/client_context.h"
#include "libs/rpc/context.h"
#include "libs/rpc/tls.h"

namespace portal::rpc {

// Metadata keys of the mesh.
inline constexpr char kPassportKey[] = "portal-passport";
inline constexpr char kRequestIdKey[] = "x-request-id";
inline constexpr char kTraceparentKey[] = "traceparent";
inline constexpr char kClientAddressKey[] = "x-forwarded-for";

// A long-lived channel to another service: mutual TLS, round robin over the addresses its name has,
// keepalive, fast reconnects, message limits. Connects when first used, and only to a server whose
// certificate names `server_uri` (auth::ServiceUri); calls to any other are UNAVAILABLE.
std::shared_ptr<grpc::Channel> ServiceChannel(const std::string& address,
                                              const std::string& server_uri, const TlsFiles& tls);

// Prepares a call on behalf of the call being answered: passport, request id and trace go along,
// and the deadline is the caller's less `margin`, kept for our own answer, at most `budget` from
// now.
void OnBehalfOf(const Context& context, absl::Duration budget, grpc::ClientContext* client,
                absl::Duration margin = absl::Milliseconds(50));

}  // namespace portal::rpc

#endif  // LIBS_RPC_CHANNEL_H_
