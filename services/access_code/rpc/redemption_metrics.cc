#include "services/access_code/rpc/redemption_metrics.h"

#include <string>

#include "absl/strings/string_view.h"

namespace portal::access_code {
namespace {

telemetry::Counter Redemptions(telemetry::Metrics& metrics, absl::string_view outcome) {
  return metrics.AddCounter("access_code_redemptions_total",
                            "Codes that were looked at, by what became of them.",
                            {{"outcome", std::string(outcome)}});
}

}  // namespace

RedemptionMetrics::RedemptionMetrics(telemetry::Metrics& metrics)
    : redeemed_(Redemptions(metrics, "redeemed")),
      throttled_(metrics.AddCounter("access_code_attempts_refused_total",
                                    "Attempts to redeem beyond the limits; not looked at.")) {
  for (const Refusal refusal : kRefusals) {
    refused_.emplace(refusal, Redemptions(metrics, ToString(refusal)));
  }
}

}  // namespace portal::access_code
