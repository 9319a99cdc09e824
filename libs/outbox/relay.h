#ifndef LIBS_OUTBOX_RELAY_H_
#define LIBS_OUTBOX_RELAY_H_

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/background/loop.h"
#include "libs/db/pool.h"
#include "libs/id/uuid.h"
#include "libs/outbox/outbox.h"
#include "libs/telemetry/metrics.h"

namespace portal::outbox {

struct Delivery {
  id::Uuid event_id;  // the same at each attempt: a consumer knows a repetition by it
  std::string topic;
  std::string payload;
  int attempt = 1;
  absl::Duration age;   // since the event was made
  absl::Time deadline;  // the route returns by then
};

// Delivers one event. OK: the event is done and erased. INVALID_ARGUMENT: it can never be
// delivered; it is kept, dead, for an operator. Anything else: try again later. Runs on the relay's
// threads.
using Route = std::function<absl::Status(const Delivery&)>;

// What a route returns of an event that will soon be of no use to anybody: to be tried again
// `longest` from now at the latest, though the relay's own wait be longer. Not sooner than its
// first wait.
absl::Status TryAgainWithin(absl::Duration longest, absl::Status failure);

struct RelayOptions {
  int threads = 2;  // so that one slow consumer does not hold up all others
  int batch = 16;   // events claimed at once by a thread
  // How long a claim keeps other relays away. After a crash its events wait for this.
  absl::Duration lease = absl::Minutes(1);
  // Longest run of one route; well below the lease.
  absl::Duration delivery_timeout = absl::Seconds(10);
  // What other replicas wrote and left, and what was to be tried again, is found this late.
  absl::Duration poll = absl::Seconds(2);
  // How often the metrics of the whole table are set.
  absl::Duration measure = absl::Seconds(15);
  // Wait after a failure: doubles from the first to the longest, less up to a half at random.
  absl::Duration first_retry = absl::Seconds(1);
  absl::Duration longest_retry = absl::Minutes(5);
};

// Delivers the outbox's events, at least once, from any number of processes. Woken in memory by
// commits of its own process, polling for the rest. Only events whose topic has a route are
// touched, so that a newer release's topics wait for it. Thread-safe.
//
// Metrics: outbox_delivered_total, outbox_failed_total (attempts), outbox_buried_total; and of the
// whole table, from time to time, outbox_pending, outbox_dead and outbox_oldest_pending_seconds.
class Relay {
 public:
  // `pool` should be a background pool with a connection per thread. The one relay of `outbox`;
  // both outlive it.
  Relay(db::Pool& pool, Outbox& outbox, telemetry::Metrics& metrics,
        std::map<std::string, Route> routes, RelayOptions options = {});
  ~Relay();  // Stop()

  Relay(const Relay&) = delete;
  Relay& operator=(const Relay&) = delete;

  void Start();

  // Lets running routes finish, gives back what else was claimed, and ends the threads.
  void Stop();

  // Whether Stop() is under way.
  bool stopping() const { return stopping_; }

  // Claims what is due, at most one batch, delivers it, and returns how many events were claimed.
  absl::StatusOr<int> DeliverOnce();

  // Sets the metrics of the table.
  absl::Status Measure();

 private:
  struct Claimed {
    id::Uuid event_id;
    std::string topic;
    std::string sealed;
    int attempts;
    absl::Time created_at;
  };

  background::Next Run();
  absl::StatusOr<std::vector<Claimed>> Claim(absl::Time lease_end);
  absl::Status Deliver(const Claimed& event, absl::Time deadline);
  absl::Status Erase(const std::vector<id::Uuid>& event_ids);
  absl::Status Release(const Claimed& event);
  absl::Status Postpone(const Claimed& event, const absl::Status& failure);
  absl::Duration RetryDelay(int attempts, const absl::Status& failure) const;

  db::Pool& pool_;
  Outbox& outbox_;
  const std::map<std::string, Route> routes_;
  const std::vector<std::string> topics_;
  const RelayOptions options_;
  telemetry::Counter delivered_;
  telemetry::Counter failed_;
  telemetry::Counter buried_;
  telemetry::Gauge pending_;
  telemetry::Gauge dead_;
  telemetry::Gauge oldest_pending_seconds_;
  std::atomic<bool> stopping_ = false;
  std::atomic<bool> failing_ = false;
  std::vector<std::unique_ptr<background::Loop>> loops_;
  std::unique_ptr<background::Loop> measuring_;
};

}  // namespace portal::outbox

#endif  // LIBS_OUTBOX_RELAY_H_
