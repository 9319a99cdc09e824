#include "libs/outbox/relay.h"

#include <algorithm>
#include <utility>

#include "absl/strings/cord.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/types/optional.h"
#include "libs/crypto/random.h"
#include "libs/outbox/queries.h"
#include "libs/status/errors.h"
#include "libs/status/status_macros.h"
#include "libs/telemetry/log.h"

namespace portal::outbox {
namespace {

// The key of TryAgainWithin's payload: microseconds, in decimal.
constexpr char kTryAgainWithin[] = "portal.outbox.TryAgainWithin";

absl::Duration LongestWaitAfter(const absl::Status& failure) {
  const absl::optional<absl::Cord> said = failure.GetPayload(kTryAgainWithin);
  int64_t microseconds = 0;
  if (!said.has_value() || !absl::SimpleAtoi(std::string(*said), &microseconds)) {
    return absl::InfiniteDuration();
  }
  return absl::Microseconds(microseconds);
}

std::vector<std::string> TopicsOf(const std::map<std::string, Route>& routes) {
  std::vector<std::string> topics;
  for (const auto& [topic, route] : routes) topics.push_back(topic);
  return topics;
}

// What may be shown of a failure: its message could hold content.
std::string CodeOf(const absl::Status& status) {
  const std::string reason = status::ReasonOf(status);
  const std::string code = absl::StatusCodeToString(status.code());
  return reason.empty() ? code : absl::StrCat(code, "/", reason);
}

}  // namespace

absl::Status TryAgainWithin(absl::Duration longest, absl::Status failure) {
  failure.SetPayload(kTryAgainWithin, absl::Cord(absl::StrCat(absl::ToInt64Microseconds(longest))));
  return failure;
}

Relay::Relay(db::Pool& pool, Outbox& outbox, telemetry::Metrics& metrics,
             std::map<std::string, Route> routes, RelayOptions options)
    : pool_(pool),
      outbox_(outbox),
      routes_(std::move(routes)),
      topics_(TopicsOf(routes_)),
      options_(options),
      delivered_(metrics.AddCounter("outbox_delivered_total", "Events delivered.")),
      failed_(metrics.AddCounter("outbox_failed_total", "Failed attempts at delivery.")),
      buried_(metrics.AddCounter("outbox_buried_total", "Events that can never be delivered.")),
      pending_(metrics.AddGauge("outbox_pending", "Events to deliver.")),
      dead_(metrics.AddGauge("outbox_dead", "Undeliverable events kept for an operator.")),
      oldest_pending_seconds_(metrics.AddGauge("outbox_oldest_pending_seconds",
                                               "Age of the oldest event to deliver.")) {}

Relay::~Relay() { Stop(); }

void Relay::Start() {
  // Events of topics without a route wait, and show in the metrics.
  measuring_ = std::make_unique<background::Loop>(options_.measure, [this] {
    // A failure shows in the relay's log; the next round tries again.
    Measure().IgnoreError();
    return background::Next::kWait;
  });
  if (topics_.empty()) return;
  for (int i = 0; i < options_.threads; ++i) {
    loops_.push_back(std::make_unique<background::Loop>(options_.poll, [this] { return Run(); }));
  }
  outbox_.OnAppended([this] {
    for (const auto& loop : loops_) loop->Wake();
  });
}

void Relay::Stop() {
  if (!loops_.empty()) outbox_.OnAppended(nullptr);
  stopping_ = true;
  for (const auto& loop : loops_) loop->Stop();
  loops_.clear();
  measuring_.reset();
  stopping_ = false;
}

background::Next Relay::Run() {
  const absl::StatusOr<int> claimed = DeliverOnce();
  // Once per change: an outage lasts many runs.
  if (failing_.exchange(!claimed.ok()) == claimed.ok()) {
    telemetry::Log(claimed.ok() ? telemetry::Severity::kInfo : telemetry::Severity::kError,
                   claimed.ok() ? "outbox_relay_resumed" : "outbox_relay_failed",
                   {{"reason", status::ReasonOf(claimed.status())}});
  }
  return claimed.ok() && *claimed == options_.batch ? background::Next::kAgain
                                                    : background::Next::kWait;
}

absl::StatusOr<int> Relay::DeliverOnce() {
  const absl::Time lease_end = outbox_.clock_.Now() + options_.lease;
  ASSIGN_OR_RETURN(const std::vector<Claimed> events, Claim(lease_end));
  std::vector<id::Uuid> delivered;
  absl::Status status;
  for (const Claimed& event : events) {
    const absl::Time deadline = outbox_.clock_.Now() + options_.delivery_timeout;
    if (stopping_ || deadline > lease_end) {
      status.Update(Release(event));
      continue;
    }
    const absl::Status outcome = Deliver(event, deadline);
    if (outcome.ok()) {
      delivered.push_back(event.event_id);
    } else {
      status.Update(Postpone(event, outcome));
    }
  }
  if (!delivered.empty()) status.Update(Erase(delivered));
  delivered_.Increment(delivered.size());
  if (!status.ok()) return status;
  return static_cast<int>(events.size());
}

absl::StatusOr<std::vector<Relay::Claimed>> Relay::Claim(absl::Time lease_end) {
  return pool_.Execute([&](db::Session& session) -> absl::StatusOr<std::vector<Claimed>> {
    std::vector<Claimed> events;
    for (const db::Row& row : session.Exec(queries::kClaimOutboxEvents, outbox_.clock_.Now(),
                                           lease_end, topics_, options_.batch)) {
      events.push_back({row.Uuid("event_id"), row.Text("topic"), row.Bytes("payload"),
                        static_cast<int>(row.Int64("attempts")), row.Time("created_us")});
    }
    return events;
  });
}

absl::Status Relay::Deliver(const Claimed& event, absl::Time deadline) {
  ASSIGN_OR_RETURN(std::string payload, outbox_.Open(event.event_id, event.topic, event.sealed));
  return routes_.at(event.topic)({.event_id = event.event_id,
                                  .topic = event.topic,
                                  .payload = std::move(payload),
                                  .attempt = event.attempts,
                                  .age = outbox_.clock_.Now() - event.created_at,
                                  .deadline = deadline});
}

absl::Status Relay::Erase(const std::vector<id::Uuid>& event_ids) {
  return pool_.Execute([&](db::Session& session) {
    session.Exec(queries::kDeleteOutboxEvents, event_ids);
    return absl::OkStatus();
  });
}

absl::Status Relay::Release(const Claimed& event) {
  return pool_.Execute([&](db::Session& session) {
    session.Exec(queries::kReleaseOutboxEvent, event.event_id, event.attempts,
                 outbox_.clock_.Now());
    return absl::OkStatus();
  });
}

absl::Status Relay::Postpone(const Claimed& event, const absl::Status& failure) {
  const bool dead = absl::IsInvalidArgument(failure);
  const absl::Time now = outbox_.clock_.Now();
  telemetry::Log(dead ? telemetry::Severity::kError : telemetry::Severity::kWarning,
                 dead ? "outbox_event_buried" : "outbox_delivery_failed",
                 {{"event_id", event.event_id.ToString()},
                  {"topic", event.topic},
                  {"attempt", event.attempts},
                  {"failure", CodeOf(failure)}});
  (dead ? buried_ : failed_).Increment();
  return pool_.Execute([&](db::Session& session) {
    session.Exec(dead ? queries::kBuryOutboxEvent : queries::kRetryOutboxEvent, event.event_id,
                 event.attempts, dead ? now : now + RetryDelay(event.attempts, failure),
                 CodeOf(failure));
    return absl::OkStatus();
  });
}

absl::Duration Relay::RetryDelay(int attempts, const absl::Status& failure) const {
  const int doublings = std::min(attempts - 1, 30);
  const absl::Duration longest =
      std::min(options_.longest_retry, options_.first_retry * (int64_t{1} << doublings));
  // Jitter, so that what failed together does not come back together.
  const absl::Duration wait = longest * (0.5 + crypto::UniformBelow(1001) / 2000.0);
  return std::min(wait, std::max(LongestWaitAfter(failure), options_.first_retry));
}

absl::Status Relay::Measure() {
  return pool_.Read([&](db::Session& session) {
    const db::Row row = session.Exec(queries::kMeasureOutbox).One();
    const absl::Time now = outbox_.clock_.Now();
    pending_.Set(row.Int64("pending"));
    dead_.Set(row.Int64("dead"));
    oldest_pending_seconds_.Set(
        absl::ToDoubleSeconds(now - row.OptionalTime("oldest_us").value_or(now)));
    return absl::OkStatus();
  });
}

}  // namespace portal::outbox
