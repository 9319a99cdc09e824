#ifndef LIBS_RPC_EXECUTOR_H_
#define LIBS_RPC_EXECUTOR_H_

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace portal::rpc {

// Where a method's handler runs. Lanes keep kinds of work from starving each other.
enum class Lane {
  // Point reads and pages: few workers, for they compete for the processor.
  kRead,
  // Changes: more workers, for they wait for the disk together (group commit).
  kWrite,
  // Methods that hash a password: one worker per two cores and a short queue, so that a flood of
  // sign-ins neither
  // delays other calls nor outgrows the memory Argon2id needs.
  kPassword,
};

// A piece of work. The executor does not own it.
class Task {
 public:
  virtual void Run() = 0;

 protected:
  ~Task() = default;
};

// A bounded queue in front of a fixed number of threads. Thread-safe.
class WorkQueue {
 public:
  struct Options {
    int workers = 1;
    // Tasks waiting, those running not counted.
    size_t capacity = 1;
  };

  explicit WorkQueue(Options options);
  ~WorkQueue() { Stop(); }

  WorkQueue(const WorkQueue&) = delete;
  WorkQueue& operator=(const WorkQueue&) = delete;

  // False, and nothing happens to `task`, if the queue is full or stopped.
  bool Offer(Task* task);

  // Runs what is queued, then ends the threads. Repeating is harmless.
  void Stop();

  size_t depth() const;
  int workers() const { return options_.workers; }

 private:
  void Work();

  const Options options_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Task*> tasks_;
  bool stopped_ = false;
  std::vector<std::thread> threads_;
};

// The lanes of a process.
class Executor {
 public:
  struct Options {
    // Measured best on two cores: 4 readers (8 cost 14 % of throughput) and 8 to 16 writers.
    WorkQueue::Options read = {.workers = 4, .capacity = 1000};
    WorkQueue::Options write = {.workers = 8, .capacity = 1000};
    // No workers: the process has no method that hashes passwords.
    WorkQueue::Options password = {.workers = 0, .capacity = 32};
  };

  explicit Executor(const Options& options);

  WorkQueue& lane(Lane lane);

  // Connections the handlers need at most: one per worker.
  static int Workers(const Options& options);

  void Stop();

 private:
  WorkQueue read_;
  WorkQueue write_;
  WorkQueue password_;
};

}  // namespace portal::rpc

#endif  // LIBS_RPC_EXECUTOR_H_
