#ifndef SERVICES_ACCESS_CODE_RPC_REFUSAL_ALARM_H_
#define SERVICES_ACCESS_CODE_RPC_REFUSAL_ALARM_H_

#include <cstddef>
#include <mutex>
#include <vector>

#include "absl/time/time.h"
#include "libs/telemetry/metrics.h"

namespace portal::access_code {

// Rings when redemptions are refused more often than people mistype, over all callers of this
// process: somebody guesses from many accounts and addresses, each below its limit. Attempts beyond
// a limit are not counted here; they have a metric and an alert of their own. It blocks nobody.
// Thread-safe.
class RefusalAlarm {
 public:
  struct Options {
    // A hundred clinics whose patients mistype at once stay below.
    int refusals = 300;
    absl::Duration window = absl::Minutes(10);
  };

  // `metrics` outlives this.
  RefusalAlarm(telemetry::Metrics& metrics, Options options);

  // Counts a refusal at `now`. Rings once when the options' number is reached within the window,
  // and again only after it was not.
  void Count(absl::Time now);

 private:
  const Options options_;
  telemetry::Counter surges_;
  std::mutex mutex_;
  std::vector<absl::Time> newest_;  // guarded by mutex_; a ring, as long as the number that rings
  size_t next_ = 0;                 // guarded by mutex_
  bool ringing_ = false;            // guarded by mutex_
};

}  // namespace portal::access_code

#endif  // SERVICES_ACCESS_CODE_RPC_REFUSAL_ALARM_H_
