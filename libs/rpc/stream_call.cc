#include "libs/rpc/stream_call.h"

#include <algorithm>
#include <exception>
#include <string>
#include <utility>

#include "absl/time/clock.h"
#include "grpcpp/impl/codegen/proto_utils.h"
#include "libs/rpc/limits.h"
#include "libs/rpc/status_conversion.h"
#include "libs/status/errors.h"
#include "libs/status/status_macros.h"

namespace portal::rpc {

grpc::ServerWriteReactor<grpc::ByteBuffer>* StreamCall::Start(const CallEnvironment& environment,
                                                              const MethodTable::Method& method,
                                                              grpc::CallbackServerContext* server,
                                                              const grpc::ByteBuffer* request) {
  AdmissionRules rules = environment.rules;
  rules.max_deadline = absl::InfiniteDuration();
  rules.streams = environment.streams;
  grpc_call_ref(server->c_call());
  std::shared_ptr<StreamCall> call(new StreamCall(environment, method,
                                                  Admit(rules, method, *server, *request),
                                                  Wire(server->c_call(), grpc_call_unref)));
  call->self_ = call;
  call->Begin();
  return call.get();  // kept by `self_` until OnDone()
}

StreamCall::StreamCall(const CallEnvironment& environment, const MethodTable::Method& method,
                       AdmittedCall call, Wire wire)
    : environment_(environment),
      method_(method),
      call_(std::move(call)),
      wire_(std::move(wire)),
      ends_at_(call_.context.deadline()) {
  if (call_.context.has_person()) {
    ends_at_ = std::min(ends_at_, call_.context.passport().expires_at);
  }
}

void StreamCall::Begin() {
  if (call_.status.ok() && call_.context.has_person()) {
    const auth::Passport& passport = call_.context.passport();
    caller_ = {.account_id = passport.account_id,
               .session_id = passport.session_id,
               .vouched_at = passport.issued_at};
    if (method_.policy.caller() == auth::MethodPolicy::Caller::kStaff) {
      caller_->clinic_id = call_.context.clinic_id();
      caller_->needed_roles = method_.policy.roles();
    }
  }
  if (call_.status.ok()) call_.status = environment_.streams->Add(shared_from_this());
  if (!call_.status.ok()) return Conclude(std::move(call_.status));
  if (ends_at_ != absl::InfiniteFuture()) {
    expiry_.Set(absl::ToChronoTime(ends_at_), [wake = Waker()](bool) { wake(); });
  }
  Enqueue();
}

bool StreamCall::Claim(std::initializer_list<State> from) {
  std::lock_guard lock(mutex_);
  if (std::find(from.begin(), from.end(), state_) == from.end()) return false;
  state_ = State::kBusy;
  return true;
}

void StreamCall::Enqueue() {
  absl::Status refused;
  {
    // Held throughout: once End() finds the stream queued, the server may be gone in no time, and
    // the caller may be a waker that nobody waits for.
    std::lock_guard lock(mutex_);
    if (environment_.streams->ended()) {
      refused = ServerEnding();
    } else {
      queued_ = shared_from_this();
      if (environment_.executor->lane(method_.lane).Offer(this)) {
        state_ = State::kQueued;
        return;
      }
      queued_.reset();
      refused = status::Overloaded(kOverloadRetryAfter);
    }
  }
  Conclude(std::move(refused));
}

void StreamCall::Run() {
  const std::shared_ptr<StreamCall> taken = std::move(queued_);
  if (Claim({State::kQueued})) Step(Next());
}

void StreamCall::End() {
  // Whoever is at work otherwise sees the end when that is done.
  if (Claim({State::kQueued, State::kWaiting})) Conclude(ServerEnding());
}

void StreamCall::Expel(const absl::Status& why) {
  {
    std::lock_guard lock(mutex_);
    if (state_ == State::kEnded || !expelled_.ok()) return;
    expelled_ = why;
    if (state_ != State::kQueued && state_ != State::kWaiting) {
      // Whoever is at work sees it when that is done. Set under the lock: Conclude() cancels it.
      cut_off_.Set(absl::ToChronoTime(absl::Now() + kStreamEndGrace),
                   [weak = weak_from_this()](bool over) {
                     const std::shared_ptr<StreamCall> call = over ? weak.lock() : nullptr;
                     if (call != nullptr) call->Cancel();
                   });
      return;
    }
    state_ = State::kBusy;
  }
  Conclude(why);
}

absl::Status StreamCall::Expelled() {
  std::lock_guard lock(mutex_);
  return expelled_;
}

void StreamCall::Cancel() {
  const absl::Status expelled = Expelled();
  const absl::Status why = expelled.ok() ? ServerEnding() : expelled;
  grpc_call_cancel_with_status(wire_.get(), static_cast<grpc_status_code>(why.code()),
                               std::string(why.message()).c_str(), nullptr);
}

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

absl::Status StreamCall::Ended() {
  RETURN_IF_ERROR(Expelled());
  if (environment_.streams->ended()) return ServerEnding();
  if (broken_ || call_.context.cancelled()) return status::Cancelled();
  if (environment_.rules.clock->Now() >= ends_at_) return status::DeadlineExceeded();
  return absl::OkStatus();
}

absl::Status StreamCall::Open() {
  absl::StatusOr<std::unique_ptr<AnyStream>> stream =
      method_.streaming(call_.context, *call_.request);
  if (!stream.ok()) return stream.status();
  stream_ = *std::move(stream);
  stream_->OnWake(Waker());
  return absl::OkStatus();
}

void StreamCall::Step(absl::StatusOr<AnyStream::Next> next) {
  // What was read meanwhile is not for the caller any more.
  if (absl::Status expelled = Expelled(); !expelled.ok()) return Conclude(std::move(expelled));
  if (!next.ok()) {
    // A job that gave up because its stream has to end fails with that.
    const absl::Status ended = absl::IsCancelled(next.status()) ? Ended() : absl::OkStatus();
    return Conclude(ended.ok() ? next.status() : ended);
  }
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
  {
    // Also tells ThreadSanitizer, which does not see into gRPC, that a worker is handing over.
    std::lock_guard lock(mutex_);
    state_ = State::kWriting;
  }
  StartWrite(&bytes_);
}

void StreamCall::OnWriteDone(bool ok) {
  broken_ = !ok;
  Enqueue();
}

void StreamCall::Wait() {
  {
    std::lock_guard lock(mutex_);
    if (!environment_.streams->ended() && expelled_.ok() && !std::exchange(woken_, false)) {
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

std::function<void()> StreamCall::Waker() {
  return [weak = weak_from_this()] {
    if (const std::shared_ptr<StreamCall> call = weak.lock()) call->Wake();
  };
}

void StreamCall::Conclude(absl::Status status) {
  {
    std::lock_guard lock(mutex_);
    state_ = State::kEnded;
  }
  expiry_.Cancel();
  cut_off_.Cancel();
  environment_.observer->Answered(call_.context, status,
                                  environment_.rules.clock->Now() - call_.arrived_at);
  Finish(ToGrpc(status));  // `this` may be gone from here on
}

void StreamCall::OnDone() {
  const std::shared_ptr<StreamCall> self = std::move(self_);
  environment_.streams->Remove(self);
  // Here and not in the destructor: the last to hold this may be a waker, called under a lock that
  // the stream needs to go.
  stream_.reset();
}

}  // namespace portal::rpc
