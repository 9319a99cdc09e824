#include "services/access_code/rpc/refusal_alarm.h"

#include "absl/strings/str_cat.h"
#include "libs/telemetry/log.h"

namespace portal::access_code {

RefusalAlarm::RefusalAlarm(telemetry::Metrics& metrics, Options options)
    : options_(options),
      surges_(
          metrics.AddCounter("access_code_refusal_surges_total",
                             "Times that redemptions were refused too often, over all callers.")),
      newest_(options.refusals, absl::InfinitePast()) {}

void RefusalAlarm::Count(absl::Time now) {
  {
    std::lock_guard lock(mutex_);
    newest_[next_] = now;
    next_ = (next_ + 1) % newest_.size();
    // What comes next in the ring is the oldest of those that count.
    const bool surge = now - newest_[next_] < options_.window;
    const bool begins = surge && !ringing_;
    ringing_ = surge;
    if (!begins) return;
  }
  surges_.Increment();
  telemetry::LogWarning("redemption_refusals_surge",
                        {{"refusals", absl::StrCat(options_.refusals)},
                         {"window", absl::FormatDuration(options_.window)}});
}

}  // namespace portal::access_code
