#include "libs/time/clock.h"

#include "absl/time/clock.h"

namespace portal::time {
namespace {

class MachineClock final : public Clock {
 public:
  absl::Time Now() const override { return absl::FromUnixMicros(absl::ToUnixMicros(absl::Now())); }
};

}  // namespace

const Clock& SystemClock() {
  static const MachineClock clock;
  return clock;
}

}  // namespace portal::time
