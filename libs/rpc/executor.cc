#include "libs/rpc/executor.h"

#include <utility>

namespace portal::rpc {

WorkQueue::WorkQueue(Options options) : options_(options) {
  threads_.reserve(options_.workers);
  for (int i = 0; i < options_.workers; ++i) threads_.emplace_back([this] { Work(); });
}

bool WorkQueue::Offer(Task* task) {
  {
    std::lock_guard lock(mutex_);
    if (stopped_ || threads_.empty() || tasks_.size() >= options_.capacity) return false;
    tasks_.push_back(task);
  }
  changed_.notify_one();
  return true;
}

void WorkQueue::Stop() {
  {
    std::lock_guard lock(mutex_);
    if (std::exchange(stopped_, true)) return;
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

size_t WorkQueue::depth() const {
  std::lock_guard lock(mutex_);
  return tasks_.size();
}

void WorkQueue::Work() {
  for (;;) {
    Task* task;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return stopped_ || !tasks_.empty(); });
      if (tasks_.empty()) return;
      task = tasks_.front();
      tasks_.pop_front();
    }
    task->Run();
  }
}

Executor::Executor(const Options& options)
    : read_(options.read), write_(options.write), password_(options.password) {}

WorkQueue& Executor::lane(Lane lane) {
  switch (lane) {
    case Lane::kRead:
      return read_;
    case Lane::kWrite:
      return write_;
    case Lane::kPassword:
      return password_;
  }
  return read_;
}

int Executor::Workers(const Options& options) {
  return options.read.workers + options.write.workers + options.password.workers;
}

void Executor::Stop() {
  read_.Stop();
  write_.Stop();
  password_.Stop();
}

}  // namespace portal::rpc
