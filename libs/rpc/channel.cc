#include "libs/rpc/channel.h"

#include <algorithm>

#include "absl/time/clock.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/support/channel_arguments.h"
#include "libs/rpc/limits.h"

namespace portal::rpc {

std::shared_ptr<grpc::Channel> ServiceChannel(const std::string& address,
                                              const std::string& server_uri, const TlsFiles& tls) {
  grpc::ChannelArguments arguments;
  arguments.SetLoadBalancingPolicyName("round_robin");
  arguments.SetMaxReceiveMessageSize(kMaxResponseBytes);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, absl::ToInt64Milliseconds(kKeepaliveInterval));
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, absl::ToInt64Milliseconds(kKeepaliveTimeout));
  // A service that comes back is used again at once; gRPC's own first wait is a second, its longest
  // two minutes.
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 50);
  // Despite its name, the time one attempt to connect may take: a TLS handshake on a busy machine
  // needs its time.
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 5000);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 1000);
  return grpc::CreateCustomChannel(address, ChannelCredentials(tls, server_uri), arguments);
}

void OnBehalfOf(const Context& context, absl::Duration budget, grpc::ClientContext* client,
                absl::Duration margin) {
  client->AddMetadata(kPassportKey, context.passport_token());
  client->AddMetadata(kRequestIdKey, context.call().request_id);
  if (!context.call().traceparent.empty()) {
    client->AddMetadata(kTraceparentKey, context.call().traceparent);
  }
  client->set_deadline(
      absl::ToChronoTime(std::min(context.deadline() - margin, absl::Now() + budget)));
}

}  // namespace portal::rpc
