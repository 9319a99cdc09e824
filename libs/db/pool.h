#ifndef LIBS_DB_POOL_H_
#define LIBS_DB_POOL_H_

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "libs/db/query.h"
#include "libs/db/session.h"
#include "libs/time/clock.h"

namespace portal::db {

namespace internal {
class Connection;
enum class Mode { kRead, kExecute, kTransact };
}  // namespace internal

struct PoolOptions {
  // libpq's key=value form or a postgresql:// URI. Secrets belong in PGPASSFILE.
  std::string conninfo;
  // Shown in pg_stat_activity.
  std::string application_name;
  // Connections; one per worker that uses the pool.
  int size = 4;
  // Longest run of one statement and longest wait for one lock.
  absl::Duration statement_timeout = absl::Seconds(3);
  absl::Duration lock_timeout = absl::Seconds(1);
  // Longest wait for a free connection, and for PostgreSQL to accept a new one (whole seconds, at
  // least 2: libpq's granularity).
  absl::Duration acquire_timeout = absl::Milliseconds(500);
  absl::Duration connect_timeout = absl::Seconds(2);
  // Refuses every change; for a pool of readers.
  bool read_only = false;
  // Every statement that will be run, such as {queries::kAll, outbox::queries::kAll}. The arrays
  // outlive the pool.
  std::vector<absl::Span<const Query>> queries;
  // The error that a violated constraint of this name means. A violation of any other is INTERNAL.
  std::map<std::string, std::function<absl::Status()>> constraint_errors;
  const time::Clock* clock = &time::SystemClock();
};

enum class Isolation { kReadCommitted, kRepeatableRead, kSerializable };

struct CallOptions {
  // When the caller gives up: nothing waits longer, no statement starts later, and none runs more
  // than 250 ms longer.
  absl::Time deadline = absl::InfiniteFuture();
  // Of Transact.
  Isolation isolation = Isolation::kReadCommitted;
};

struct PoolStats {
  int size = 0;
  int in_use = 0;        // lent to calls now
  int waiting = 0;       // calls waiting for a connection now
  int64_t opened = 0;    // connections opened since the start
  int64_t failed = 0;    // failed attempts to open one
  int64_t lost = 0;      // connections lost while in use
  int64_t repeated = 0;  // attempts repeated after a conflict or a loss
};

// A fixed number of connections to one PostgreSQL database, lent to one call at a time.
// Thread-safe.
//
// Connections are opened when first needed and again after a loss. While PostgreSQL cannot be
// reached one call per backoff interval tries, every other one fails at once.
//
// Each call takes a function and returns what it returns: absl::Status or absl::StatusOr<T>. The
// function may run several times, so what it changes outside of the database it must set, not add
// to. Failures of statements become:
//   constraint_errors' status     a named constraint was violated
//   INVALID_FIELD                 text with a NUL or invalid UTF-8
//   DEADLINE_EXCEEDED             deadline or statement_timeout
//   CONTENTION                    lock_timeout, or conflicts in every one of kMaxAttempts attempts
//   OVERLOADED                    no connection became free within acquire_timeout
//   DEPENDENCY_UNAVAILABLE        PostgreSQL cannot be reached; nothing was changed
//   COMMIT_IN_DOUBT               the connection was lost; the change may have been made
//   INTERNAL                      any other error, naming the statement and the SQLSTATE
class Pool {
 public:
  // Attempts at a call that conflicts with others (SQLSTATE 40001, 40P01).
  static constexpr int kMaxAttempts = 4;
  // Wait before the next attempt to connect: doubles from the first to the longest, with jitter.
  static constexpr absl::Duration kFirstBackoff = absl::Milliseconds(50);
  static constexpr absl::Duration kLongestBackoff = absl::Seconds(1);

  explicit Pool(PoolOptions options);
  // No call may be running.
  ~Pool();
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  // For statements that change nothing: `fn(Session&)` in autocommit, repeated once if the
  // connection was lost.
  template <typename Fn>
  auto Read(const CallOptions& call, Fn&& fn) {
    return Call<Session&>(Mode::kRead, call, fn);
  }
  template <typename Fn>
  auto Read(Fn&& fn) {
    return Read(CallOptions(), fn);
  }

  // For one statement that changes something: `fn(Session&)` in autocommit. A second statement is a
  // defect. Never repeated once the statement was sent: a lost connection is COMMIT_IN_DOUBT.
  template <typename Fn>
  auto Execute(const CallOptions& call, Fn&& fn) {
    return Call<Session&>(Mode::kExecute, call, fn);
  }
  template <typename Fn>
  auto Execute(Fn&& fn) {
    return Execute(CallOptions(), fn);
  }

  // For several statements: BEGIN, `fn(Transaction&)`, COMMIT; a status other than OK rolls back.
  // Repeated once if the connection was lost before COMMIT; COMMIT_IN_DOUBT if it was lost during
  // it.
  template <typename Fn>
  auto Transact(const CallOptions& call, Fn&& fn) {
    return Call<Transaction&>(Mode::kTransact, call, fn);
  }
  template <typename Fn>
  auto Transact(Fn&& fn) {
    return Transact(CallOptions(), fn);
  }

  // Whether PostgreSQL answers; asks it unless all connections are busy. For readiness probes.
  bool Healthy();

  PoolStats Stats() const;

 private:
  using Mode = internal::Mode;
  using Body = absl::FunctionRef<absl::Status(Transaction&)>;

  template <typename Argument, typename Fn>
  auto Call(Mode mode, const CallOptions& call, Fn& fn) {
    using Result = std::invoke_result_t<Fn&, Argument>;
    if constexpr (std::is_same_v<Result, absl::Status>) {
      return Run(mode, call, [&](Transaction& transaction) -> absl::Status {
        return fn(static_cast<Argument>(transaction));
      });
    } else {
      std::optional<Result> result;
      absl::Status status = Run(mode, call, [&](Transaction& transaction) {
        result.emplace(fn(static_cast<Argument>(transaction)));
        return result->status();
      });
      return status.ok() ? *std::move(result) : Result(std::move(status));
    }
  }

  absl::Status Run(Mode mode, const CallOptions& call, Body body);
  absl::StatusOr<std::unique_ptr<internal::Connection>> Acquire(absl::Time deadline);
  // With `lock` on mutex_ held and one of free_ taken; gives that back on failure.
  absl::StatusOr<std::unique_ptr<internal::Connection>> Open(std::unique_lock<std::mutex>& lock);
  // `repeat`: the call is not over.
  void Release(std::unique_ptr<internal::Connection> connection, bool repeat);

  const PoolOptions options_;

  mutable std::mutex mutex_;
  std::condition_variable freed_;
  // All guarded by mutex_.
  std::vector<std::unique_ptr<internal::Connection>> idle_;  // the last used one is lent first
  int free_;                                                 // connections, open or not, not lent
  bool probing_ = false;  // a call tries to connect after a failure
  int failures_ = 0;      // to connect, in a row
  absl::Time retry_at_ = absl::InfinitePast();
  absl::Status last_failure_;
  PoolStats stats_;
};

}  // namespace portal::db

#endif  // LIBS_DB_POOL_H_
