// The least a gRPC server can do: a callback method that copies a text. What the suite's servers
// are measured against.

#include <csignal>
#include <cstdio>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "grpcpp/security/server_credentials.h"
#include "grpcpp/server.h"
#include "grpcpp/server_builder.h"
#include "libs/rpc/tls.h"
#include "portal/testing/v1/probe_service.grpc.pb.h"

ABSL_FLAG(std::string, listen_address, "127.0.0.1:0", "Where to listen.");
ABSL_FLAG(std::string, tls_certificate, "",
          "Mutual TLS as the services have it; empty: plain text.");
ABSL_FLAG(std::string, tls_key, "", "See --tls_certificate.");
ABSL_FLAG(std::string, tls_ca, "", "See --tls_certificate.");

namespace portal {
namespace {

using testing::v1::ProbeRequest;
using testing::v1::ProbeResponse;

class Echo final : public testing::v1::ProbeService::CallbackService {
  grpc::ServerUnaryReactor* CallPublic(grpc::CallbackServerContext* context,
                                       const ProbeRequest* request,
                                       ProbeResponse* response) override {
    response->set_text(request->text());
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }
};

std::shared_ptr<grpc::ServerCredentials> Credentials() {
  if (absl::GetFlag(FLAGS_tls_certificate).empty()) return grpc::InsecureServerCredentials();
  return rpc::ServerCredentials({.certificate = absl::GetFlag(FLAGS_tls_certificate),
                                 .key = absl::GetFlag(FLAGS_tls_key),
                                 .ca = absl::GetFlag(FLAGS_tls_ca)});
}

int Serve() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  Echo echo;
  grpc::ServerBuilder builder;
  builder.AddListeningPort(absl::GetFlag(FLAGS_listen_address), Credentials());
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.RegisterService(&echo);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr) return 1;
  int signal;
  sigwait(&signals, &signal);
  server->Shutdown();
  return 0;
}

}  // namespace
}  // namespace portal

int main(int argc, char** argv) {
  absl::ParseCommandLine(argc, argv);
  return portal::Serve();
}
