#ifndef LIBS_RPC_CALL_OBSERVER_H_
#define LIBS_RPC_CALL_OBSERVER_H_

#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "libs/rpc/context.h"
#include "libs/telemetry/metrics.h"

namespace portal::rpc {

// Access log and metrics of every call that was answered: ids, outcomes and method names, never
// content.
//
//   portal_rpc_calls_total{method,reason}  calls by outcome; the reason is "OK" or an error's
//   reason portal_rpc_seconds{method}             from arrival to answer
//
// Thread-safe.
class CallObserver {
 public:
  // `metrics` may be null; otherwise it outlives this.
  explicit CallObserver(telemetry::Metrics* metrics) : metrics_(metrics) {}

  void Answered(const Context& context, const absl::Status& status, absl::Duration elapsed);

 private:
  telemetry::Counter CounterOf(const std::string& method, const std::string& reason);
  telemetry::Histogram LatenciesOf(const std::string& method);

  telemetry::Metrics* const metrics_;
  std::mutex mutex_;
  absl::flat_hash_map<std::pair<std::string, std::string>, telemetry::Counter> counters_;
  absl::flat_hash_map<std::string, telemetry::Histogram> latencies_;
};

}  // namespace portal::rpc

#endif  // LIBS_RPC_CALL_OBSERVER_H_
