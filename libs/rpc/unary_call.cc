#include "libs/rpc/unary_call.h"

#include <exception>
#include <utility>
#include <vector>

#include "grpcpp/impl/codegen/proto_utils.h"
#include "libs/rpc/limits.h"
#include "libs/rpc/status_conversion.h"
#include "libs/status/errors.h"

namespace portal::rpc {
namespace {

// One event for each patient concerned, at least one.
std::vector<audit::Event> Events(const Context& context, const absl::Status& status) {
  audit::Event event = context.AuditEvent();
  if (!status.ok()) event.outcome = status::ReasonOf(status);
  std::vector<audit::Event> events;
  if (status.ok()) {
    for (const id::PatientId& patient_id : context.disclosed()) {
      event.patient_id = patient_id;
      events.push_back(event);
    }
  }
  if (events.empty()) events.push_back(std::move(event));
  return events;
}

}  // namespace

grpc::ServerUnaryReactor* UnaryCall::Start(const CallEnvironment& environment,
                                           const MethodTable::Method& method,
                                           grpc::CallbackServerContext* server,
                                           const grpc::ByteBuffer* request,
                                           grpc::ByteBuffer* response) {
  auto* call = new UnaryCall(environment, method,
                             Admit(environment.rules, method, *server, *request), server, response);
  call->Begin();
  return call;
}

UnaryCall::UnaryCall(const CallEnvironment& environment, const MethodTable::Method& method,
                     AdmittedCall call, grpc::CallbackServerContext* server,
                     grpc::ByteBuffer* response)
    : environment_(environment),
      method_(method),
      call_(std::move(call)),
      server_(server),
      response_bytes_(response),
      status_(std::move(call_.status)) {}

void UnaryCall::Begin() {
  if (!status_.ok()) {
    refused_ = absl::IsPermissionDenied(status_);
    return Audit();
  }
  if (!method_.policy.needs_grant() || method_.lane == Lane::kRead) return Enqueue();
  environment_.grants->Check(call_.context, [this](absl::Status granted) {
    if (granted.ok()) return Enqueue();
    refused_ = absl::IsNotFound(granted);
    status_ = std::move(granted);
    Audit();
  });
}

void UnaryCall::Enqueue() {
  if (!environment_.executor->lane(method_.lane).Offer(this)) {
    Handled(status::Overloaded(kOverloadRetryAfter));
  }
}

void UnaryCall::Run() {
  if (call_.context.cancelled()) return Handled(status::Cancelled());
  if (environment_.rules.clock->Now() >= call_.context.deadline()) {
    return Handled(status::DeadlineExceeded());
  }
  Handled(Handle());
}

absl::StatusOr<std::unique_ptr<google::protobuf::Message>> UnaryCall::Handle() {
  try {
    return method_.unary(call_.context, *call_.request);
  } catch (const std::exception&) {
    // Its text may hold data and is not logged.
    return status::Internal("a handler threw");
  }
}

void UnaryCall::Handled(absl::StatusOr<std::unique_ptr<google::protobuf::Message>> result) {
  status_ = result.status();
  refused_ = absl::IsNotFound(status_) || absl::IsPermissionDenied(status_);
  if (result.ok()) response_ = *std::move(result);
  // A patient that does not exist takes as long as one that is not granted.
  const bool read = method_.policy.needs_grant() && method_.lane == Lane::kRead;
  if (!read || !(status_.ok() || absl::IsNotFound(status_))) return Audit();
  environment_.grants->Check(call_.context, [this](absl::Status granted) {
    if (!granted.ok()) {
      status_ = std::move(granted);
      response_.reset();
    }
    Audit();
  });
}

bool UnaryCall::IsAudited() const {
  // Nobody is named in a row for a caller that is unknown; the log has such calls.
  if (environment_.reads == nullptr || !call_.context.has_person()) return false;
  return method_.policy.audits_reads() || refused_;
}

void UnaryCall::Audit() {
  if (!IsAudited()) return Answer();
  environment_.reads->Append(Events(call_.context, status_), [this](absl::Status written) {
    if (!written.ok()) status_ = std::move(written);
    Answer();
  });
}

void UnaryCall::Answer() {
  if (status_.ok()) {
    bool owned;
    const grpc::Status serialized =
        grpc::GenericSerialize<grpc::ProtoBufferWriter, google::protobuf::Message>(
            *response_, response_bytes_, &owned);
    if (!serialized.ok()) status_ = status::Internal("the answer could not be serialized");
  }
  if (status_.ok()) {
    for (const auto& [key, value] : call_.context.response_metadata()) {
      server_->AddInitialMetadata(key, value);
    }
  }
  environment_.observer->Answered(call_.context, status_,
                                  environment_.rules.clock->Now() - call_.arrived_at);
  Finish(ToGrpc(status_));  // `this` may be gone from here on
}

}  // namespace portal::rpc
