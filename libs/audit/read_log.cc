#include "libs/audit/read_log.h"

#include <utility>

#include "libs/status/errors.h"
#include "libs/status/status_macros.h"

namespace portal::audit {
namespace {

constexpr absl::string_view kCommitInDoubt = "COMMIT_IN_DOUBT";
constexpr absl::Duration kRetryAfter = absl::Seconds(1);

// Whether another event could be the reason, so that each call's rows should be tried alone.
bool MayBeAnothersFault(const absl::Status& status) {
  return !status.ok() && !absl::IsUnavailable(status) && !absl::IsDeadlineExceeded(status);
}

}  // namespace

ReadLog::ReadLog(db::Pool& pool, const time::Clock& clock, ReadLogOptions options)
    : pool_(pool), clock_(clock), options_(options), thread_([this] { Run(); }) {}

ReadLog::~ReadLog() { Stop(); }

void ReadLog::Append(std::vector<Event> events, Done done) {
  if (events.empty()) return done(absl::OkStatus());
  if (absl::Status status = Enqueue(events, done); !status.ok()) done(std::move(status));
}

absl::Status ReadLog::Enqueue(std::vector<Event>& events, Done& done) {
  std::vector<Record> records;
  records.reserve(events.size());
  for (Event& event : events) {
    RETURN_IF_ERROR(Validate(event));
    records.push_back(NewRecord(clock_, std::move(event)));
  }
  {
    std::lock_guard lock(mutex_);
    if (stopping_ || queued_events_ + records.size() > options_.max_queued) {
      return status::Overloaded(kRetryAfter);
    }
    queued_events_ += records.size();
    queue_.push_back({std::move(records), std::move(done)});
  }
  changed_.notify_one();
  return absl::OkStatus();
}

void ReadLog::Stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void ReadLog::Run() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [&] { return stopping_ || !queue_.empty(); });
    if (queue_.empty()) return;
    std::vector<Call> calls = TakeBatch();
    lock.unlock();
    Commit(std::move(calls));
    lock.lock();
  }
}

std::vector<ReadLog::Call> ReadLog::TakeBatch() {
  std::vector<Call> calls;
  size_t events = 0;
  // The first call is taken whatever its size, so that an oversized one cannot block the queue.
  while (!queue_.empty() &&
         (calls.empty() || events + queue_.front().records.size() <= options_.max_batch)) {
    events += queue_.front().records.size();
    calls.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  queued_events_ -= events;
  return calls;
}

void ReadLog::Commit(std::vector<Call> calls) {
  std::vector<Record> records;
  for (const Call& call : calls) {
    records.insert(records.end(), call.records.begin(), call.records.end());
  }
  const absl::Status together = Write(records);
  for (Call& call : calls) {
    const bool retry_alone = calls.size() > 1 && MayBeAnothersFault(together);
    call.done(retry_alone ? Write(call.records) : together);
  }
}

absl::Status ReadLog::Write(absl::Span<const Record> records) {
  const auto insert = [&](db::Session& session) { return Insert(session, records); };
  absl::Status status = pool_.Execute(insert);
  // The ids are fixed, so repeating an insert that may have happened adds nothing.
  if (status::ReasonOf(status) == kCommitInDoubt) status = pool_.Execute(insert);
  return status;
}

}  // namespace portal::audit
