#ifndef SERVICES_IDENTITY_RPC_CLIENT_REQUEST_H_
#define SERVICES_IDENTITY_RPC_CLIENT_REQUEST_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "envoy/service/auth/v3/external_auth.pb.h"

namespace portal::identity {

// A client's request to the gateway, as far as it matters to whether it may go on.
struct ClientRequest {
  std::string method;
  // Without its query.
  std::string path;
  // gRPC or gRPC-Web.
  bool is_grpc = false;
  // What the gateway calls it: a UUID, or empty.
  std::string request_id;
  // The tokens of all sessions it claims, well-formed or not.
  std::vector<std::string> tokens;
  bool has_session_cookie = false;
  // A browser says that a page of another site made it.
  bool from_another_site = false;
  // It carries `portal-client`, which a browser lets other sites' pages send only after asking us.
  bool has_client_header = false;
  // Headers that are the gateway's own to send, and that the client sent.
  std::vector<std::string> headers_of_the_mesh;

  // Whether another site's page may have made a browser send it, with the person's cookie or to
  // sign them in as somebody else: it may change something and nothing proves that it is ours.
  bool MayBeForged() const;
};

// INVALID_FIELD: the gateway left out what it has to say, or is not configured as it has to be.
absl::StatusOr<ClientRequest> ParseClientRequest(
    const envoy::service::auth::v3::CheckRequest& check);

}  // namespace portal::identity

#endif  // SERVICES_IDENTITY_RPC_CLIENT_REQUEST_H_
