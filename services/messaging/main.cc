// The messaging service: tells people by e-mail what other services ask it to. See README.md.

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "libs/background/loop.h"
#include "libs/service/runtime.h"
#include "libs/status/errors.h"
#include "libs/status/status_macros.h"
#include "libs/telemetry/log.h"
#include "libs/telemetry/metrics.h"
#include "services/messaging/config.h"
#include "services/messaging/domain/limits.h"
#include "services/messaging/mail/letter.h"
#include "services/messaging/mail/notice_sender.h"
#include "services/messaging/rpc/service.h"
#include "services/messaging/storage/notice_store.h"
#include "services/messaging/storage/schema.h"

namespace portal::messaging {
namespace {

// Rows are kept for a month; some minutes more do not matter.
constexpr absl::Duration kPruneInterval = absl::Minutes(5);
// A statement of some milliseconds.
constexpr int kPruneBatch = 1000;

// Whether there may be more of what `pruned` says how much of is gone.
bool More(const absl::StatusOr<int64_t>& pruned) {
  if (!pruned.ok()) {
    telemetry::LogWarning("prune_failed", {{"reason", status::ReasonOf(pruned.status())}});
  }
  return pruned.ok() && *pruned == kPruneBatch;
}

background::Next Prune(NoticeStore& notices, const time::Clock& clock,
                       absl::Duration keep_dead_letters, telemetry::Counter& expired) {
  const absl::Time now = clock.Now();
  const absl::StatusOr<int64_t> dead = notices.DiscardOld(now - keep_dead_letters, kPruneBatch);
  if (dead.value_or(0) > 0) {
    telemetry::LogWarning("dead_letters_expired", {{"count", *dead}});
    expired.Increment(*dead);
  }
  const bool more_dead = More(dead);
  const bool more_known = More(notices.Prune(now - kKeepTakenOver, kPruneBatch));
  return more_dead || more_known ? background::Next::kAgain : background::Next::kWait;
}

// A mail server may take its time, and needs none of our hurry: an attempt may last 20 s, and its
// claim two minutes. After a failure the next attempt comes within a quarter of an hour.
constexpr outbox::RelayOptions kRelay = {.lease = absl::Minutes(2),
                                         .delivery_timeout = absl::Seconds(30),
                                         .longest_retry = absl::Minutes(15)};

absl::Status Run() {
  ASSIGN_OR_RETURN(Config config, ConfigFromFlags());
  ASSIGN_OR_RETURN(const LetterWriter writer, LetterWriter::Create());
  ASSIGN_OR_RETURN(const auto runtime, service::Runtime::Open({.name = "messaging",
                                                               .add_schema = AddSchema,
                                                               .migrations = NeededMigrations(),
                                                               .relay = kRelay}));
  NoticeStore notices(runtime->pool(), runtime->outbox(), runtime->clock());
  NoticeStore background_notices(runtime->background_pool(), runtime->outbox(), runtime->clock());
  Service service({.pool = runtime->pool(),
                   .notices = notices,
                   .sealer = runtime->sealer(),
                   .clock = runtime->clock()});
  telemetry::Counter expired = runtime->metrics().AddCounter(
      "dead_letters_expired_total", "Notices that were not sent, and kept for long enough.");
  background::Loop pruning(kPruneInterval, [&] {
    return Prune(background_notices, runtime->clock(), config.keep_dead_letters, expired);
  });
  std::map<std::string, outbox::Route> routes;
  std::unique_ptr<NoticeSender> sender;
  if (config.transport != nullptr) {
    sender = std::make_unique<NoticeSender>(
        runtime->background_pool(), background_notices, writer, *config.transport,
        std::move(config.sender), config.portal_base_url, runtime->clock(), runtime->metrics());
    routes[kNoticeTopic] = [&](const outbox::Delivery& delivery) { return sender->Send(delivery); };
  }
  return runtime->Serve(service.Tables(), std::move(routes));
}

}  // namespace
}  // namespace portal::messaging

int main(int argc, char** argv) {
  return portal::service::Main("messaging", argc, argv, portal::messaging::Run);
}
