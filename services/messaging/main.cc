// The messaging service: tells people by e-mail what other services ask it to. See README.md.

#include <cstdint>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "libs/background/loop.h"
#include "libs/service/runtime.h"
#include "libs/status/errors.h"
#include "libs/status/status_macros.h"
#include "libs/telemetry/log.h"
#include "services/messaging/domain/limits.h"
#include "services/messaging/rpc/service.h"
#include "services/messaging/storage/notice_store.h"
#include "services/messaging/storage/schema.h"

namespace portal::messaging {
namespace {

// Rows are kept for a month; some minutes more do not matter.
constexpr absl::Duration kPruneInterval = absl::Minutes(5);
// A statement of some milliseconds.
constexpr int kPruneBatch = 1000;

background::Next Prune(NoticeStore& notices, const time::Clock& clock) {
  const absl::StatusOr<int64_t> pruned = notices.Prune(clock.Now() - kKeepTakenOver, kPruneBatch);
  if (!pruned.ok()) {
    telemetry::LogWarning("prune_failed", {{"reason", status::ReasonOf(pruned.status())}});
  }
  return pruned.ok() && *pruned == kPruneBatch ? background::Next::kAgain : background::Next::kWait;
}

absl::Status Run() {
  ASSIGN_OR_RETURN(const auto runtime, service::Runtime::Open({.name = "messaging",
                                                               .add_schema = AddSchema,
                                                               .migrations = NeededMigrations()}));
  NoticeStore notices(runtime->pool(), runtime->outbox(), runtime->clock());
  NoticeStore background_notices(runtime->background_pool(), runtime->outbox(), runtime->clock());
  Service service({.pool = runtime->pool(), .notices = notices});
  background::Loop pruning(kPruneInterval,
                           [&] { return Prune(background_notices, runtime->clock()); });
  return runtime->Serve(service.Tables(), /*routes=*/{});
}

}  // namespace
}  // namespace portal::messaging

int main(int argc, char** argv) {
  return portal::service::Main("messaging", argc, argv, portal::messaging::Run);
}
