#include "libs/rpc/call_observer.h"

#include "libs/status/errors.h"
#include "libs/telemetry/log.h"

namespace portal::rpc {
namespace {

telemetry::Severity SeverityOf(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kInternal:
    case absl::StatusCode::kUnknown:
    case absl::StatusCode::kDataLoss:
      return telemetry::Severity::kError;
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
      return telemetry::Severity::kWarning;
    default:
      return telemetry::Severity::kInfo;
  }
}

std::string OutcomeOf(const absl::Status& status) {
  if (status.ok()) return "OK";
  std::string reason = status::ReasonOf(status);
  return reason.empty() ? "INTERNAL" : reason;
}

}  // namespace

void CallObserver::Answered(const Context& context, const absl::Status& status,
                            absl::Duration elapsed) {
  const Context::Call& call = context.call();
  const std::string outcome = OutcomeOf(status);
  telemetry::Log(
      SeverityOf(status), "call_answered",
      {{"method", call.method},
       {"outcome", outcome},
       {"duration_us", absl::ToInt64Microseconds(elapsed)},
       {"caller", call.service},
       {context.is_service_account() ? "service_account_id" : "account_id",
        context.has_person() ? context.account_id().ToString() : std::string()},
       {"request_id", call.request_id},
       {"traceparent", call.traceparent},
       // An internal error's message is ours and names the defect; it does not leave the process
       // otherwise.
       {"defect", status.code() == absl::StatusCode::kInternal ? absl::string_view(status.message())
                                                               : absl::string_view()}});
  if (metrics_ == nullptr) return;
  CounterOf(call.method, outcome).Increment();
  LatenciesOf(call.method).Observe(elapsed);
}

telemetry::Counter CallObserver::CounterOf(const std::string& method, const std::string& reason) {
  std::lock_guard lock(mutex_);
  const auto found = counters_.find(std::make_pair(method, reason));
  if (found != counters_.end()) return found->second;
  const telemetry::Counter counter = metrics_->AddCounter(
      "portal_rpc_calls_total", "Calls answered.", {{"method", method}, {"reason", reason}});
  counters_.emplace(std::make_pair(method, reason), counter);
  return counter;
}

telemetry::Histogram CallObserver::LatenciesOf(const std::string& method) {
  std::lock_guard lock(mutex_);
  const auto found = latencies_.find(method);
  if (found != latencies_.end()) return found->second;
  const telemetry::Histogram latencies = metrics_->AddLatencies(
      "portal_rpc_seconds", "Time from a call's arrival to its answer.", {{"method", method}});
  latencies_.emplace(method, latencies);
  return latencies;
}

}  // namespace portal::rpc
