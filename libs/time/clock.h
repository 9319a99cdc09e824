#ifndef LIBS_TIME_CLOCK_H_
#define LIBS_TIME_CLOCK_H_

#include "absl/time/time.h"

namespace portal::time {

// Where code gets the time of day from, so that tests decide what time it is. Implementations are
// thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;

  // Whole microseconds, as PostgreSQL stores instants: a time that was written equals the time read
  // back.
  virtual absl::Time Now() const = 0;
};

// The machine's clock. It may be set back: an order of events needs something else than this.
const Clock& SystemClock();

}  // namespace portal::time

#endif  // LIBS_TIME_CLOCK_H_
