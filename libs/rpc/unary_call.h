#ifndef LIBS_RPC_UNARY_CALL_H_
#define LIBS_RPC_UNARY_CALL_H_

#include <memory>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "grpcpp/server_context.h"
#include "grpcpp/support/byte_buffer.h"
#include "grpcpp/support/server_callback.h"
#include "libs/audit/read_log.h"
#include "libs/rpc/admission.h"
#include "libs/rpc/call_observer.h"
#include "libs/rpc/executor.h"
#include "libs/rpc/grant_checker.h"
#include "libs/rpc/open_streams.h"

namespace portal::rpc {

// What the calls of one server share; outlives them.
struct CallEnvironment {
  AdmissionRules rules;
  Executor* executor;
  GrantChecker* grants;   // null if no method needs it
  audit::ReadLog* reads;  // null if nothing is audited
  CallObserver* observer;
  OpenStreams* streams;
};

// One unary call, from its arrival on a gRPC thread to its answer:
//
//   admit → [change: grant] → queue → handler → [read: grant] → [read or refusal: audit] → answer
//
// No thread waits in between: each step continues the next, from whichever thread it ends on. The
// grant for a read is asked for once the data was read: asked earlier, a grant revoked in the
// meantime would still let out what was written after the revocation
// (docs/adr/0004-grant-check-order.md).
class UnaryCall final : public grpc::ServerUnaryReactor, private Task {
 public:
  // Answers `server`'s call; deletes itself when that is done.
  static grpc::ServerUnaryReactor* Start(const CallEnvironment& environment,
                                         const MethodTable::Method& method,
                                         grpc::CallbackServerContext* server,
                                         const grpc::ByteBuffer* request,
                                         grpc::ByteBuffer* response);

 private:
  UnaryCall(const CallEnvironment& environment, const MethodTable::Method& method,
            AdmittedCall call, grpc::CallbackServerContext* server, grpc::ByteBuffer* response);
  ~UnaryCall() override = default;

  void Begin();
  void Enqueue();
  void Run() override;
  absl::StatusOr<std::unique_ptr<google::protobuf::Message>> Handle();
  void Handled(absl::StatusOr<std::unique_ptr<google::protobuf::Message>> result);
  bool IsAudited() const;
  void Audit();
  void Answer();
  void OnDone() override { delete this; }

  const CallEnvironment& environment_;
  const MethodTable::Method& method_;
  AdmittedCall call_;
  grpc::CallbackServerContext* const server_;
  grpc::ByteBuffer* const response_bytes_;
  absl::Status status_;
  bool refused_ = false;  // not allowed, or about what the caller cannot see
  std::unique_ptr<google::protobuf::Message> response_;
};

}  // namespace portal::rpc

#endif  // LIBS_RPC_UNARY_CALL_H_
