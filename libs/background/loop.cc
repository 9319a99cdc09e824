#include "libs/background/loop.h"

#include <utility>

namespace portal::background {

Loop::Loop(absl::Duration interval, std::function<Next()> work)
    : interval_(interval), work_(std::move(work)), thread_([this] { Run(); }) {}

Loop::~Loop() { Stop(); }

void Loop::Wake() {
  {
    std::lock_guard lock(mutex_);
    woken_ = true;
  }
  wake_.notify_one();
}

void Loop::Stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  if (thread_.joinable()) thread_.join();
}

bool Loop::stopping() const {
  std::lock_guard lock(mutex_);
  return stopping_;
}

void Loop::Run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    woken_ = false;
    lock.unlock();
    const Next next = work_();
    lock.lock();
    if (next == Next::kAgain) continue;
    wake_.wait_for(lock, absl::ToChronoMilliseconds(interval_),
                   [&] { return woken_ || stopping_; });
  }
}

}  // namespace portal::background
