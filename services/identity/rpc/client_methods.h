#ifndef SERVICES_IDENTITY_RPC_CLIENT_METHODS_H_
#define SERVICES_IDENTITY_RPC_CLIENT_METHODS_H_

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.pb.h"
#include "services/identity/rpc/http_template.h"

namespace portal::identity {

// The methods that clients may call through the gateway, by the paths at which they are called:
// those whose policy names the gateway and that have an HTTP route. All others are not there.
class ClientMethods {
 public:
  struct Method {
    // "portal.identity.v1.SessionService/SignIn".
    std::string name;
    // Whether nobody needs to be signed in.
    bool is_public;
  };

  // `contracts`: a serialized FileDescriptorSet. FAILED_PRECONDITION, with a message for the
  // operator, if a method's route cannot be read.
  static absl::StatusOr<ClientMethods> Read(absl::string_view contracts);

  // By "/package.Service/Method" or by HTTP route; `path` has no query. Null if there is none.
  const Method* Find(absl::string_view http_method, absl::string_view path) const;

  const std::vector<Method>& all() const { return methods_; }

 private:
  struct Route {
    HttpTemplate path;
    size_t method;  // in methods_
  };
  // HTTP method and number of segments.
  using RouteKey = std::pair<std::string, size_t>;

  absl::Status AddMethod(const std::string& service,
                         const google::protobuf::MethodDescriptorProto& method);
  absl::Status AddRoute(const std::string& http_method, const std::string& path);

  std::vector<Method> methods_;
  absl::flat_hash_map<std::string, size_t> by_grpc_path_;
  // The more specific ones first.
  absl::flat_hash_map<RouteKey, std::vector<Route>> routes_;
};

}  // namespace portal::identity

#endif  // SERVICES_IDENTITY_RPC_CLIENT_METHODS_H_
