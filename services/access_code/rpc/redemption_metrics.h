#ifndef SERVICES_ACCESS_CODE_RPC_REDEMPTION_METRICS_H_
#define SERVICES_ACCESS_CODE_RPC_REDEMPTION_METRICS_H_

#include <map>

#include "libs/telemetry/metrics.h"
#include "services/access_code/domain/redemption.h"

namespace portal::access_code {

// What became of codes, in more detail than callers are told: a surge of unknown codes is guessing,
// one of expired codes is slow post.
class RedemptionMetrics {
 public:
  // `metrics` outlives this.
  explicit RedemptionMetrics(telemetry::Metrics& metrics);

  void Redeemed() { redeemed_.Increment(); }
  void Refused(Refusal refusal) { refused_.at(refusal).Increment(); }
  void Throttled() { throttled_.Increment(); }

 private:
  telemetry::Counter redeemed_;
  telemetry::Counter throttled_;
  std::map<Refusal, telemetry::Counter> refused_;
};

}  // namespace portal::access_code

#endif  // SERVICES_ACCESS_CODE_RPC_REDEMPTION_METRICS_H_
