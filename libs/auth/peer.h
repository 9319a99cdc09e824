#ifndef LIBS_AUTH_PEER_H_
#define LIBS_AUTH_PEER_H_

#include <string>

#include "absl/strings/string_view.h"
#include "grpcpp/security/auth_context.h"

namespace portal::auth {

// What the URI SAN of a service's certificate says: `spiffe://<trust_domain>/service/<service>`.
std::string ServiceUri(absl::string_view trust_domain, absl::string_view service);

// The name in the URI SAN `spiffe://<trust_domain>/service/<name>` of the peer's verified
// certificate; empty if it has none, several, or one of another trust domain.
std::string PeerService(const grpc::AuthContext& context, absl::string_view trust_domain);

}  // namespace portal::auth

#endif  // LIBS_AUTH_PEER_H_
