#ifndef LIBS_RPC_STREAM_CALL_H_
#define LIBS_RPC_STREAM_CALL_H_

#include <memory>
#include <mutex>

#include "absl/status/status.h"
#include "grpcpp/alarm.h"
#include "grpcpp/server_context.h"
#include "grpcpp/support/byte_buffer.h"
#include "grpcpp/support/server_callback.h"
#include "libs/rpc/admission.h"
#include "libs/rpc/stream.h"
#include "libs/rpc/unary_call.h"

namespace portal::rpc {

// One server stream: admit → (job on the lane → write)* → end. A job makes one message
// and returns; between jobs the stream costs its state only, so thousands may be open. Ends with
// its passport at the latest: the client opens it anew with a fresh one.
class StreamCall final : public grpc::ServerWriteReactor<grpc::ByteBuffer>, private Task {
 public:
  // Answers `server`'s call; deletes itself when that is done.
  static grpc::ServerWriteReactor<grpc::ByteBuffer>* Start(
      const CallEnvironment& environment, const MethodTable::Method& method,
      const grpc::CallbackServerContext* server, const grpc::ByteBuffer* request);

 private:
  // Lets wakers and the alarm outlive the call.
  struct Link {
    std::mutex mutex;
    StreamCall* call;
  };
  enum class State { kBusy, kWaiting, kEnded };

  StreamCall(const CallEnvironment& environment, const MethodTable::Method& method,
             AdmittedCall call);
  ~StreamCall() override = default;

  void Begin();
  void Enqueue();
  void Run() override;
  // Whether the stream must end now, and with what.
  absl::Status Ended() const;
  absl::StatusOr<AnyStream::Next> Next();
  absl::Status Open();
  void Step(absl::StatusOr<AnyStream::Next> next);
  void Write(const google::protobuf::Message& message);
  void Wait();
  void Wake();
  void Conclude(absl::Status status);
  static void WakeThrough(const std::shared_ptr<Link>& link);

  void OnWriteDone(bool ok) override;
  void OnCancel() override { Wake(); }
  void OnDone() override;

  const CallEnvironment& environment_;
  const MethodTable::Method& method_;
  AdmittedCall call_;
  const std::shared_ptr<Link> link_;
  std::unique_ptr<AnyStream> stream_;
  grpc::ByteBuffer bytes_;
  grpc::Alarm expiry_;
  absl::Time ends_at_;

  std::mutex mutex_;
  State state_ = State::kBusy;  // guarded by mutex_
  bool woken_ = false;          // guarded by mutex_
  bool broken_ = false;         // a write failed: the client has gone
};

}  // namespace portal::rpc

#endif  // LIBS_RPC_STREAM_CALL_H_
