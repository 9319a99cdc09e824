#ifndef LIBS_BACKGROUND_LOOP_H_
#define LIBS_BACKGROUND_LOOP_H_

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "absl/time/time.h"

namespace portal::background {

// What a piece of background work asks for when it returns.
enum class Next {
  kWait,   // nothing is left: run again after the interval, or when woken
  kAgain,  // more is waiting: run again at once
};

// Runs `work` on a thread of its own: at once, after each `interval`, and whenever somebody calls
// Wake(). The interval only bounds idle waiting, so it is measured on the steady clock and not on a
// time::Clock.
class Loop {
 public:
  Loop(absl::Duration interval, std::function<Next()> work);
  ~Loop();  // Stop()

  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  // Makes the work run soon. A wake-up during a run causes another run, so none is lost. Never
  // blocks for long.
  void Wake();

  // Lets the current run finish and ends the thread. May be called again; not from inside `work`.
  void Stop();

  // For long work that wants to end early.
  bool stopping() const;

 private:
  void Run();

  const absl::Duration interval_;
  const std::function<Next()> work_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  bool woken_ = false;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace portal::background

#endif  // LIBS_BACKGROUND_LOOP_H_
