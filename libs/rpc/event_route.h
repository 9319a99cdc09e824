#ifndef LIBS_RPC_EVENT_ROUTE_H_
#define LIBS_RPC_EVENT_ROUTE_H_

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "grpcpp/client_context.h"
#include "libs/outbox/relay.h"
#include "libs/rpc/channel.h"
#include "libs/rpc/status_conversion.h"
#include "libs/status/errors.h"

namespace portal::rpc {

// A route that delivers events to another service's method: the payload is a serialized `Request`.
// `complete(request, delivery)` may fill in what only the delivery knows. INVALID_ARGUMENT, an
// event that can never be delivered, if the service says so or the payload is no such request.
template <class Stub, class Request, class Response, class Complete>
outbox::Route EventRoute(std::shared_ptr<Stub> stub,
                         grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                                      Response*),
                         Complete complete) {
  return [stub = std::move(stub), method,
          complete = std::move(complete)](const outbox::Delivery& delivery) {
    Request request;
    if (!request.ParseFromString(delivery.payload)) {
      return status::InvalidField("payload",
                                  absl::StrCat("is not a ", Request::descriptor()->name()));
    }
    complete(request, delivery);
    grpc::ClientContext client;
    client.set_deadline(absl::ToChronoTime(delivery.deadline));
    client.AddMetadata(kRequestIdKey, delivery.event_id.ToString());
    Response response;
    return FromGrpc((stub.get()->*method)(&client, request, &response));
  };
}

template <class Stub, class Request, class Response>
outbox::Route EventRoute(std::shared_ptr<Stub> stub,
                         grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                                      Response*)) {
  return EventRoute(std::move(stub), method, [](Request&, const outbox::Delivery&) {});
}

}  // namespace portal::rpc

#endif  // LIBS_RPC_EVENT_ROUTE_H_
