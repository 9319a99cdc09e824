#ifndef LIBS_RPC_METHOD_TABLE_H_
#define LIBS_RPC_METHOD_TABLE_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "libs/auth/method_policy.h"
#include "libs/rpc/context.h"
#include "libs/rpc/executor.h"
#include "libs/rpc/stream.h"
#include "portal/policy/v1/policy.pb.h"

namespace portal::rpc {

// The methods of one gRPC service and the plain functions that answer them:
//
//   MethodTable grants(v1::GrantService::service_full_name());
//   grants.Unary("ListGrants", Lane::kRead, &handlers, &GrantHandlers::ListGrants)
//         .Unary("RevokeGrant", Lane::kWrite, &handlers, &GrantHandlers::RevokeGrant);
//
// A handler is `absl::StatusOr<Response> (Handlers::*)(const Context&, const Request&)`; it runs on
// a worker of its lane, after the policy, and never touches gRPC. A mistake in a table - an unknown
// method, wrong types, no policy, a method left out - keeps the server from starting (Check()).
class MethodTable {
 public:
  using UnaryHandler = std::function<absl::StatusOr<std::unique_ptr<google::protobuf::Message>>(
      const Context&, const google::protobuf::Message&)>;
  using StreamHandler = std::function<absl::StatusOr<std::unique_ptr<AnyStream>>(
      const Context&, const google::protobuf::Message&)>;

  struct Method {
    const google::protobuf::MethodDescriptor* descriptor;
    // "/package.Service/Method".
    std::string path;
    auth::MethodPolicy policy;
    Lane lane;
    // An empty request to parse into; the generated default instance.
    const google::protobuf::Message* request;
    // One of the two is set.
    UnaryHandler unary;
    StreamHandler streaming;
  };

  // `service`: full name, for example v1::GrantService::service_full_name().
  explicit MethodTable(absl::string_view service);

  // A service of a contract that is not ours, so that its methods carry no policies: `policy` is
  // that of each of them.
  MethodTable(absl::string_view service, policy::v1::Policy policy);

  template <class Handlers, class Request, class Response>
  MethodTable& Unary(absl::string_view name, Lane lane, Handlers* handlers,
                     absl::StatusOr<Response> (Handlers::*handle)(const Context&, const Request&)) {
    return Add(
        name, lane, Request::default_instance(), *Response::descriptor(),
        [handlers, handle](const Context& context, const google::protobuf::Message& request)
            -> absl::StatusOr<std::unique_ptr<google::protobuf::Message>> {
          absl::StatusOr<Response> response =
              (handlers->*handle)(context, static_cast<const Request&>(request));
          if (!response.ok()) return response.status();
          return std::make_unique<Response>(*std::move(response));
        },
        nullptr);
  }

  // A method that answers with a stream, see stream.h.
  template <class Handlers, class Request, class Response>
  MethodTable& ServerStreaming(absl::string_view name, Lane lane, Handlers* handlers,
                               absl::StatusOr<std::unique_ptr<Stream<Response>>> (Handlers::*open)(
                                   const Context&, const Request&)) {
    return Add(name, lane, Request::default_instance(), *Response::descriptor(), nullptr,
               [handlers, open](const Context& context, const google::protobuf::Message& request)
                   -> absl::StatusOr<std::unique_ptr<AnyStream>> {
                 auto stream = (handlers->*open)(context, static_cast<const Request&>(request));
                 if (!stream.ok()) return stream.status();
                 return std::unique_ptr<AnyStream>(*std::move(stream));
               });
  }

  // OK if every method of the service is here, each with a policy and the contract's types;
  // otherwise what is wrong.
  absl::Status Check() const;

  const std::vector<Method>& methods() const { return methods_; }

 private:
  MethodTable& Add(absl::string_view name, Lane lane, const google::protobuf::Message& request,
                   const google::protobuf::Descriptor& response, UnaryHandler unary,
                   StreamHandler streaming);
  void Fault(std::string message);

  std::string service_name_;
  const google::protobuf::ServiceDescriptor* service_;
  std::optional<policy::v1::Policy> policy_;
  std::vector<Method> methods_;
  std::vector<std::string> faults_;
};

}  // namespace portal::rpc

#endif  // LIBS_RPC_METHOD_TABLE_H_
