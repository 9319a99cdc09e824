#include "libs/rpc/stream_call.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "grpcpp/impl/codegen/proto_utils.h"
#include "libs/rpc/limits.h"
#include "libs/rpc/status_conversion.h"
#include "libs/status/errors.h"
#include "libs/status/status_macros.h"

namespace portal::rpc {

grpc::ServerWriteReactor<grpc::ByteBuffer>* StreamCall::Start(
    const CallEnvironment& environment, const MethodTable::Method& method,
    const grpc::CallbackServerContext* server, const grpc::ByteBuffer* request) {
  AdmissionRules rules = environment.rules;
  rules.max_deadline = absl::InfiniteDuration();
  auto* call = new StreamCall(environment, method, Admit(rules, method, *server, *request));
  call->Begin();
  return call;
}

StreamCall::StreamCall(const CallEnvironment& environment, const MethodTable::Method& method,
                       AdmittedCall call)
    : environment_(environment),
      method_(method),
      call_(std::move(call)),
      link_(std::make_shared<Link>()),
      ends_at_(call_.context.deadline()) {
  link_->call = this;
  if (call_.context.has_person()) {
    ends_at_ = std::min(ends_at_, call_.context.passport().expires_at);
  }
}

void StreamCall::Begin() {
  if (!call_.status.ok()) return Conclude(std::move(call_.status));
  if (ends_at_ != absl::InfiniteFuture()) {
    expiry_.Set(absl::ToChronoTime(ends_at_), [link = link_](bool) { WakeThrough(link); });
  }
  Enqueue();
}

void StreamCall::Enqueue() {
  if (!environment_.executor->lane(method_.lane).Offer(this)) {
    Conclude(status::Overloaded(kOverloadRetryAfter));
  }
}

void StreamCall::Run() { Step(Next()); }

absl::StatusOr<AnyStream::Next> StreamCall::Next() {
  RETURN_IF_ERROR(Ended());
  try {
    if (stream_ == nullptr) RETURN_IF_ERROR(Open());
    return stream_->NextMessage();
  } catch (const std::exception&) {
    // Its text may hold data and is not logged.
    return status::Internal("a stream threw");
  }
}

absl::Status StreamCall::Ended() const {
  if (broken_ || call_.context.cancelled()) return status::Cancelled();
  if (environment_.rules.clock->Now() >= ends_at_) return status::DeadlineExceeded();
  return absl::OkStatus();
}

absl::Status StreamCall::Open() {
  absl::StatusOr<std::unique_ptr<AnyStream>> stream =
      method_.streaming(call_.context, *call_.request);
  if (!stream.ok()) return stream.status();
  stream_ = *std::move(stream);
  stream_->OnWake([link = link_] { WakeThrough(link); });
  return absl::OkStatus();
}

void StreamCall::Step(absl::StatusOr<AnyStream::Next> next) {
  if (!next.ok()) return Conclude(next.status());
  if (std::holds_alternative<StreamEnd>(*next)) return Conclude(absl::OkStatus());
  if (std::holds_alternative<StreamWait>(*next)) return Wait();
  Write(*std::get<std::unique_ptr<google::protobuf::Message>>(*next));
}

void StreamCall::Write(const google::protobuf::Message& message) {
  bool owned;
  bytes_.Clear();
  const grpc::Status serialized =
      grpc::GenericSerialize<grpc::ProtoBufferWriter, google::protobuf::Message>(message, &bytes_,
                                                                                 &owned);
  if (!serialized.ok()) return Conclude(status::Internal("a message could not be serialized"));
  StartWrite(&bytes_);
}

void StreamCall::OnWriteDone(bool ok) {
  broken_ = !ok;
  Enqueue();
}

void StreamCall::Wait() {
  {
    std::lock_guard lock(mutex_);
    if (!std::exchange(woken_, false)) {
      state_ = State::kWaiting;
      return;
    }
  }
  Enqueue();
}

void StreamCall::Wake() {
  {
    std::lock_guard lock(mutex_);
    if (state_ != State::kWaiting) {
      woken_ = true;
      return;
    }
    state_ = State::kBusy;
  }
  Enqueue();
}

void StreamCall::WakeThrough(const std::shared_ptr<Link>& link) {
  std::lock_guard lock(link->mutex);
  if (link->call != nullptr) link->call->Wake();
}

void StreamCall::Conclude(absl::Status status) {
  {
    std::lock_guard lock(mutex_);
    state_ = State::kEnded;
  }
  expiry_.Cancel();
  environment_.observer->Answered(call_.context, status,
                                  environment_.rules.clock->Now() - call_.arrived_at);
  Finish(ToGrpc(status));  // `this` may be gone from here on
}

void StreamCall::OnDone() {
  {
    // Waits for a waker that is in the middle of waking us.
    std::lock_guard lock(link_->mutex);
    link_->call = nullptr;
  }
  delete this;
}

}  // namespace portal::rpc
