#ifndef LIBS_TESTING_FAKE_CLOCK_H_
#define LIBS_TESTING_FAKE_CLOCK_H_

#include <mutex>

#include "absl/time/time.h"
#include "libs/time/clock.h"

namespace portal::testing {

// A clock that moves only when a test says so. Thread-safe.
class FakeClock final : public time::Clock {
 public:
  // 2026-03-01 09:00:00 UTC unless told otherwise.
  explicit FakeClock(absl::Time now = absl::FromUnixSeconds(1'772'355'600)) : now_(now) {}

  absl::Time Now() const override {
    std::lock_guard lock(mutex_);
    return now_;
  }

  void Set(absl::Time now) {
    std::lock_guard lock(mutex_);
    now_ = now;
  }

  void Advance(absl::Duration by) {
    std::lock_guard lock(mutex_);
    now_ += by;
  }

 private:
  mutable std::mutex mutex_;
  absl::Time now_;  // guarded by mutex_
};

}  // namespace portal::testing

#endif  // LIBS_TESTING_FAKE_CLOCK_H_
