#ifndef LIBS_AUDIT_READ_LOG_H_
#define LIBS_AUDIT_READ_LOG_H_

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "libs/audit/event.h"
#include "libs/db/pool.h"
#include "libs/time/clock.h"

namespace portal::audit {

struct ReadLogOptions {
  // Events waiting for a commit. At a commit of 2 ms and 500 events each this is 40 ms of work.
  size_t max_queued = 10'000;
  // Events of one insert: keeps it far below the statement timeout.
  size_t max_batch = 500;
};

// Commits the audit rows of reads, many calls' at a time: whoever comes while one commit is under
// way joins the next. An idle log commits at once, so a call waits for at most two commits.
// Thread-safe.
class ReadLog {
 public:
  // Called once, on the log's thread or inside Append; must be short and must not throw. OK: the
  // rows are durable and the bytes may leave. Anything else: the read must be refused.
  using Done = std::function<void(absl::Status)>;

  // `pool` should be one of the background pool's: a call's worker never waits for this, nor this
  // for a worker.
  ReadLog(db::Pool& pool, const time::Clock& clock, ReadLogOptions options = {});
  ~ReadLog();  // Stop()

  ReadLog(const ReadLog&) = delete;
  ReadLog& operator=(const ReadLog&) = delete;

  // Never waits for the database. UNAVAILABLE/OVERLOADED goes to `done` at once when the queue is
  // full or the log has stopped.
  void Append(std::vector<Event> events, Done done);

  // Commits what is queued, answers everybody and ends the thread. May be called again.
  void Stop();

 private:
  struct Call {
    std::vector<Record> records;
    Done done;
  };

  absl::Status Enqueue(std::vector<Event>& events, Done& done);
  void Run();
  std::vector<Call> TakeBatch();  // mutex_ is held
  void Commit(std::vector<Call> calls);
  absl::Status Write(absl::Span<const Record> records);

  db::Pool& pool_;
  const time::Clock& clock_;
  const ReadLogOptions options_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Call> queue_;
  size_t queued_events_ = 0;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace portal::audit

#endif  // LIBS_AUDIT_READ_LOG_H_
