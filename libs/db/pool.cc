#include "libs/db/pool.h"

#include <algorithm>
#include <chrono>
#include <thread>

#include "libs/crypto/random.h"
#include "libs/db/attempt.h"
#include "libs/db/connection.h"
#include "libs/status/errors.h"

namespace portal::db {

namespace {

using internal::AttemptResult;
using internal::Verdict;

// Longest pause before the second attempt after a conflict; doubles with each.
constexpr absl::Duration kConflictPause = absl::Milliseconds(4);
// How long a probe waits for PostgreSQL.
constexpr absl::Duration kProbeTimeout = absl::Seconds(1);

// Uniform in the upper half of [0, longest]: callers that failed together come back apart.
absl::Duration Jittered(absl::Duration longest) {
  constexpr uint32_t kSteps = 1024;
  return longest / 2 + longest / 2 * (crypto::UniformBelow(kSteps) / double{kSteps});
}

}  // namespace

Pool::Pool(PoolOptions options) : options_(std::move(options)), free_(options_.size) {
  stats_.size = options_.size;
}

Pool::~Pool() = default;

absl::Status Pool::Run(Mode mode, const CallOptions& call, Body body) {
  bool lost = false;
  for (int attempt = 1;;) {
    absl::StatusOr<std::unique_ptr<internal::Connection>> connection = Acquire(call.deadline);
    if (!connection.ok()) return connection.status();
    AttemptResult result = internal::Attempt(**connection, mode, call, options_).Run(body);
    Release(*std::move(connection), result.verdict != Verdict::kFinal);
    switch (result.verdict) {
      case Verdict::kFinal:
        return std::move(result.status);
      case Verdict::kInDoubt:
        return status::CommitInDoubt();
      case Verdict::kLost:
        if (lost) return status::DependencyUnavailable("the database");
        lost = true;
        break;
      case Verdict::kConflict: {
        if (attempt == kMaxAttempts) return status::Contention();
        const absl::Duration pause = Jittered(kConflictPause * (1 << (attempt - 1)));
        if (call.deadline - options_.clock->Now() <= pause) return status::DeadlineExceeded();
        std::this_thread::sleep_for(absl::ToChronoMicroseconds(pause));
        ++attempt;
        break;
      }
    }
  }
}

absl::StatusOr<std::unique_ptr<internal::Connection>> Pool::Acquire(absl::Time deadline) {
  const absl::Duration left = deadline - options_.clock->Now();
  if (left <= absl::ZeroDuration()) return status::DeadlineExceeded();
  // Dead connections are closed after the lock is given back.
  std::vector<std::unique_ptr<internal::Connection>> dead;
  std::unique_lock lock(mutex_);
  ++stats_.waiting;
  const bool freed =
      freed_.wait_for(lock, absl::ToChronoMicroseconds(std::min(left, options_.acquire_timeout)),
                      [this] { return free_ > 0; });
  --stats_.waiting;
  if (!freed) {
    return left < options_.acquire_timeout ? status::DeadlineExceeded()
                                           : status::Overloaded(options_.acquire_timeout);
  }
  --free_;
  while (!idle_.empty()) {
    std::unique_ptr<internal::Connection> connection = std::move(idle_.back());
    idle_.pop_back();
    if (connection->Alive()) return connection;
    dead.push_back(std::move(connection));
  }
  return Open(lock);
}

absl::StatusOr<std::unique_ptr<internal::Connection>> Pool::Open(
    std::unique_lock<std::mutex>& lock) {
  const absl::Time now = options_.clock->Now();
  // A clock that was set back must not prolong the wait.
  const bool backing_off = now < retry_at_ && retry_at_ - now <= kLongestBackoff;
  if (failures_ > 0 && (probing_ || backing_off)) {
    ++free_;
    freed_.notify_one();
    return last_failure_;
  }
  probing_ = true;
  lock.unlock();
  absl::StatusOr<std::unique_ptr<internal::Connection>> connection =
      internal::Connection::Open(options_);
  lock.lock();
  probing_ = false;
  if (connection.ok()) {
    failures_ = 0;
    ++stats_.opened;
    return connection;
  }
  constexpr int kDoublings = 5;  // 50 ms * 2^5 is more than kLongestBackoff
  retry_at_ =
      options_.clock->Now() +
      Jittered(std::min(kLongestBackoff, kFirstBackoff * (1 << std::min(failures_, kDoublings))));
  ++failures_;
  last_failure_ = connection.status();
  ++stats_.failed;
  ++free_;
  freed_.notify_one();
  return connection.status();
}

void Pool::Release(std::unique_ptr<internal::Connection> connection, bool repeat) {
  // Closed after the lock is given back: with one connection lost, the idle ones most likely are
  // too.
  std::vector<std::unique_ptr<internal::Connection>> lost;
  std::lock_guard lock(mutex_);
  if (connection->lost()) {
    ++stats_.lost;
    lost = std::exchange(idle_, {});
    lost.push_back(std::move(connection));
  } else {
    idle_.push_back(std::move(connection));
  }
  if (repeat) ++stats_.repeated;
  ++free_;
  freed_.notify_one();
}

bool Pool::Healthy() {
  {
    std::lock_guard lock(mutex_);
    if (free_ == 0) return failures_ == 0;
  }
  const absl::Status answer =
      Read(CallOptions{.deadline = options_.clock->Now() + kProbeTimeout}, [](Session& session) {
        session.Exec(internal::kPing);
        return absl::OkStatus();
      });
  if (answer.ok()) return true;
  std::lock_guard lock(mutex_);
  return status::ReasonOf(answer) == "OVERLOADED" && failures_ == 0;
}

PoolStats Pool::Stats() const {
  std::lock_guard lock(mutex_);
  PoolStats stats = stats_;
  stats.in_use = options_.size - free_;
  return stats;
}

}  // namespace portal::db
