#ifndef LIBS_RPC_STREAM_CALL_H_
#define LIBS_RPC_STREAM_CALL_H_

#include <functional>
#include <initializer_list>
#include <memory>
#include <mutex>
#include <optional>

#include "absl/status/status.h"
#include "grpc/grpc.h"
#include "grpcpp/alarm.h"
#include "grpcpp/server_context.h"
#include "grpcpp/support/byte_buffer.h"
#include "grpcpp/support/server_callback.h"
#include "libs/rpc/admission.h"
#include "libs/rpc/open_streams.h"
#include "libs/rpc/stream.h"
#include "libs/rpc/unary_call.h"

namespace portal::rpc {

// One server stream: admit → (job on the lane → write)* → end. A job makes one message
// and returns; between jobs the stream costs its state only, so thousands may be open. Ends with
// its passport at the latest, or when its server shuts down: the client opens it anew.
class StreamCall final : public grpc::ServerWriteReactor<grpc::ByteBuffer>,
                         public OpenStream,
                         public std::enable_shared_from_this<StreamCall>,
                         private Task {
 public:
  // Answers `server`'s call; goes away when that is done.
  static grpc::ServerWriteReactor<grpc::ByteBuffer>* Start(const CallEnvironment& environment,
                                                           const MethodTable::Method& method,
                                                           grpc::CallbackServerContext* server,
                                                           const grpc::ByteBuffer* request);
  ~StreamCall() override = default;

  const StreamCaller* caller() const override { return caller_.has_value() ? &*caller_ : nullptr; }
  void End() override;
  void Expel(const absl::Status& why) override;
  void Cancel() override;

 private:
  using Wire = std::unique_ptr<grpc_call, decltype(&grpc_call_unref)>;
  enum class State {
    kBusy,     // being set up or making a message: whoever does that goes on
    kWriting,  // gRPC has the message and goes on
    kQueued,   // for its next job
    kWaiting,  // for its waker
    kEnded,
  };

  StreamCall(const CallEnvironment& environment, const MethodTable::Method& method,
             AdmittedCall call, Wire wire);

  void Begin();
  // Makes the caller the one at work if the stream is in one of these states.
  bool Claim(std::initializer_list<State> from);
  void Enqueue();
  void Run() override;
  // Whether the stream must end now, and with what.
  absl::Status Ended();
  absl::Status Expelled();
  absl::StatusOr<AnyStream::Next> Next();
  absl::Status Open();
  void Step(absl::StatusOr<AnyStream::Next> next);
  void Write(const google::protobuf::Message& message);
  void Wait();
  void Wake();
  void Conclude(absl::Status status);
  // For wakers and the alarm, which may outlive the call.
  std::function<void()> Waker();

  void OnWriteDone(bool ok) override;
  void OnCancel() override { Wake(); }
  void OnDone() override;

  const CallEnvironment& environment_;
  const MethodTable::Method& method_;
  AdmittedCall call_;
  // Held beyond OnDone(), so that Cancel() needs no lock against it.
  const Wire wire_;
  std::unique_ptr<AnyStream> stream_;
  grpc::ByteBuffer bytes_;
  std::optional<StreamCaller> caller_;  // set before others see the stream
  grpc::Alarm expiry_;
  grpc::Alarm cut_off_;  // of an expelled client that does not read
  absl::Time ends_at_;
  bool broken_ = false;  // a write failed: the client has gone

  std::shared_ptr<StreamCall> self_;    // gRPC's hold on this, until OnDone()
  std::shared_ptr<StreamCall> queued_;  // the lane's; set and taken by whoever is at work

  std::mutex mutex_;
  State state_ = State::kBusy;  // guarded by mutex_
  bool woken_ = false;          // guarded by mutex_
  absl::Status expelled_;       // why, if it is; guarded by mutex_
};

}  // namespace portal::rpc

#endif  // LIBS_RPC_STREAM_CALL_H_
