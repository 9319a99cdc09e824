#include "libs/rpc/server.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "grpc/health/v1/health.pb.h"
#include "grpcpp/alarm.h"
#include "grpcpp/ext/proto_server_reflection_plugin.h"
#include "grpcpp/health_check_service_interface.h"
#include "grpcpp/impl/codegen/server_callback_handlers.h"
#include "grpcpp/impl/rpc_service_method.h"
#include "grpcpp/impl/service_type.h"
#include "grpcpp/server.h"
#include "grpcpp/server_builder.h"
#include "libs/rpc/limits.h"
#include "libs/rpc/open_streams.h"
#include "libs/rpc/stream_call.h"
#include "libs/rpc/unary_call.h"
#include "libs/status/status_macros.h"

namespace portal::rpc {
namespace {

using grpc::ByteBuffer;
using grpc::CallbackServerContext;

// One table as gRPC wants to see it: methods that take and give bytes.
class TableService final : public grpc::Service {
 public:
  TableService(MethodTable table, const CallEnvironment& environment)
      : table_(std::move(table)), environment_(environment) {
    int index = 0;
    for (const MethodTable::Method& method : table_.methods()) {
      method.streaming == nullptr ? AddUnary(index, method) : AddStream(index, method);
      ++index;
    }
  }

 private:
  void AddUnary(int index, const MethodTable::Method& method) {
    AddMethod(new grpc::internal::RpcServiceMethod(method.path.c_str(),
                                                   grpc::internal::RpcMethod::NORMAL_RPC, nullptr));
    MarkMethodRawCallback(
        index, new grpc::internal::CallbackUnaryHandler<ByteBuffer, ByteBuffer>(
                   [this, &method](CallbackServerContext* context, const ByteBuffer* request,
                                   ByteBuffer* response) {
                     return UnaryCall::Start(environment_, method, context, request, response);
                   }));
  }

  void AddStream(int index, const MethodTable::Method& method) {
    AddMethod(new grpc::internal::RpcServiceMethod(
        method.path.c_str(), grpc::internal::RpcMethod::SERVER_STREAMING, nullptr));
    MarkMethodRawCallback(
        index, new grpc::internal::CallbackServerStreamingHandler<ByteBuffer, ByteBuffer>(
                   [this, &method](CallbackServerContext* context, const ByteBuffer* request) {
                     return StreamCall::Start(environment_, method, context, request);
                   }));
  }

  const MethodTable table_;
  const CallEnvironment& environment_;
};

absl::Status CheckTables(const std::vector<MethodTable>& tables,
                         const ServerDependencies& dependencies, Executor& executor) {
  if (dependencies.passports == nullptr || dependencies.clock == nullptr) {
    return absl::FailedPreconditionError("a server needs a passport verifier and a clock");
  }
  for (const MethodTable& table : tables) {
    RETURN_IF_ERROR(table.Check());
    for (const MethodTable::Method& method : table.methods()) {
      const char* missing = nullptr;
      if (method.policy.needs_grant() && dependencies.grants == nullptr) {
        missing = "a grant checker";
      } else if (method.policy.audits_reads() && dependencies.reads == nullptr) {
        missing = "a read log";
      } else if (executor.lane(method.lane).workers() == 0) {
        missing = "workers on its lane";
      }
      if (missing != nullptr) {
        return absl::FailedPreconditionError(absl::StrCat(method.path, " needs ", missing));
      }
    }
  }
  return absl::OkStatus();
}

void SetLimits(grpc::ServerBuilder& builder) {
  builder.SetMaxReceiveMessageSize(kMaxRequestBytes);
  builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, kMaxMetadataBytes);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, kMaxConcurrentStreams);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_MS,
                             static_cast<int>(absl::ToInt64Milliseconds(kMaxConnectionAge)));
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_GRACE_MS,
                             static_cast<int>(absl::ToInt64Milliseconds(kMaxConnectionAgeGrace)));
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS,
                             static_cast<int>(absl::ToInt64Milliseconds(kKeepaliveInterval)));
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS,
                             static_cast<int>(absl::ToInt64Milliseconds(kKeepaliveTimeout)));
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 10'000);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  // Otherwise a second process could listen on the same port and take half of the calls.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
}

// Whether there is one, Listen() looks.
const time::Clock& ClockOf(const ServerDependencies& dependencies) {
  return dependencies.clock == nullptr ? time::SystemClock() : *dependencies.clock;
}

class RunningServer final : public Server {
 public:
  RunningServer(const ServerOptions& options, const ServerDependencies& dependencies)
      : options_(options),
        executor_(options.executor),
        observer_(dependencies.metrics),
        streams_(std::make_shared<OpenStreams>(options.max_open_streams, ClockOf(dependencies))),
        environment_{.rules = {.trust_domain = options.trust_domain,
                               .max_deadline = options.max_deadline,
                               .passports = dependencies.passports,
                               .clock = dependencies.clock},
                     .executor = &executor_,
                     .grants = dependencies.grants,
                     .reads = dependencies.reads,
                     .observer = &observer_,
                     .streams = streams_.get()} {}

  ~RunningServer() override { Shutdown(); }

  absl::Status Listen(const ServerDependencies& dependencies, std::vector<MethodTable> tables) {
    RETURN_IF_ERROR(CheckTables(tables, dependencies, executor_));
    RETURN_IF_ERROR(CheckTlsFiles(options_.tls).status());
    grpc::EnableDefaultHealthCheckService(true);
    if (options_.reflection) {
      grpc::reflection::InitProtoReflectionServerBuilderPlugin();
      // Links the health contract in, without which clients that list services by reflection fail.
      grpc::health::v1::HealthCheckRequest::descriptor();
    }
    grpc::ServerBuilder builder;
    SetLimits(builder);
    builder.AddListeningPort(options_.listen_address, ServerCredentials(options_.tls), &port_);
    for (MethodTable& table : tables) {
      services_.push_back(std::make_unique<TableService>(std::move(table), environment_));
      builder.RegisterService(services_.back().get());
    }
    server_ = builder.BuildAndStart();
    if (server_ == nullptr || port_ == 0) {
      return absl::FailedPreconditionError(
          absl::StrCat("cannot listen on ", options_.listen_address, "; is the port in use?"));
    }
    return absl::OkStatus();
  }

  int port() const override { return port_; }

  void SetServing(bool serving) override {
    server_->GetHealthCheckService()->SetServingStatus(serving);
  }

  void Take(const SessionEnding& ending) override { streams_->Take(ending); }

  void Shutdown() override {
    if (server_ == nullptr) return;
    SetServing(false);
    streams_->EndAll();
    grpc::Alarm grace;
    grace.Set(absl::ToChronoTime(absl::Now() + kStreamEndGrace), [streams = streams_](bool over) {
      if (over) streams->CancelAll();
    });
    server_->Shutdown(absl::ToChronoTime(absl::Now() + options_.drain));
    server_->Wait();
    executor_.Stop();
    server_.reset();
  }

 private:
  const ServerOptions options_;
  Executor executor_;
  CallObserver observer_;
  const std::shared_ptr<OpenStreams> streams_;
  const CallEnvironment environment_;
  std::vector<std::unique_ptr<TableService>> services_;
  std::unique_ptr<grpc::Server> server_;
  int port_ = 0;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Server>> Server::Start(const ServerOptions& options,
                                                      const ServerDependencies& dependencies,
                                                      std::vector<MethodTable> tables) {
  auto server = std::make_unique<RunningServer>(options, dependencies);
  RETURN_IF_ERROR(server->Listen(dependencies, std::move(tables)));
  return server;
}

}  // namespace portal::rpc
