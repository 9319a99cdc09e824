// The access_code service: access codes and the grants they make. See README.md.

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/background/loop.h"
#include "libs/notice/notice.h"
#include "libs/service/runtime.h"
#include "libs/status/errors.h"
#include "libs/status/status_macros.h"
#include "libs/telemetry/log.h"
#include "services/access_code/config.h"
#include "services/access_code/rpc/grant_sweep.h"
#include "services/access_code/rpc/service.h"
#include "services/access_code/storage/attempt_ledger.h"
#include "services/access_code/storage/schema.h"

namespace portal::access_code {
namespace {

// Accounts and addresses whose attempts no longer count: some minutes more do not matter.
constexpr absl::Duration kPruneInterval = absl::Minutes(5);
// A statement of some milliseconds.
constexpr int kPruneBatch = 1000;

background::Next Prune(const AttemptLedger& attempts, const time::Clock& clock) {
  const absl::StatusOr<int64_t> pruned = attempts.Prune(clock.Now(), kPruneBatch);
  if (!pruned.ok()) {
    telemetry::LogWarning("prune_failed", {{"reason", status::ReasonOf(pruned.status())}});
  }
  return pruned.ok() && *pruned == kPruneBatch ? background::Next::kAgain : background::Next::kWait;
}

background::Next Sweep(const GrantSweep& sweep) {
  const absl::StatusOr<bool> more = sweep.Run();
  if (!more.ok()) {
    telemetry::LogWarning("grant_sweep_failed", {{"reason", status::ReasonOf(more.status())}});
  }
  return more.value_or(false) ? background::Next::kAgain : background::Next::kWait;
}

std::map<std::string, outbox::Route> RoutesOf(const service::Runtime& runtime,
                                              const Config& config) {
  if (config.messaging_address.empty()) return {};
  return {
      {notice::kTopic, notice::RouteTo(runtime.ChannelTo("messaging", config.messaging_address))}};
}

absl::Status Run() {
  ASSIGN_OR_RETURN(const Config config, ConfigFromFlags());
  ASSIGN_OR_RETURN(
      const std::unique_ptr<service::Runtime> runtime,
      service::Runtime::Open(
          {.name = "access_code", .add_schema = AddSchema, .migrations = NeededMigrations()}));
  runtime->Watch("code_peppers", *config.peppers);
  Service service({.pool = runtime->pool(),
                   .words = config.words,
                   .peppers = *config.peppers,
                   .passports = runtime->passports(),
                   .sealer = runtime->sealer(),
                   .outbox = runtime->outbox(),
                   .idempotency = runtime->idempotency(),
                   .clock = runtime->clock(),
                   .metrics = runtime->metrics(),
                   .portal_base_url = config.portal_base_url,
                   .refusal_alarm = config.refusal_alarm});
  const AttemptLedger attempts(runtime->background_pool());
  background::Loop pruning(kPruneInterval, [&] { return Prune(attempts, runtime->clock()); });
  const GrantSweep sweep(runtime->background_pool(), runtime->outbox(), runtime->clock());
  background::Loop sweeping(GrantSweep::kInterval, [&] { return Sweep(sweep); });
  return runtime->Serve(service.Tables(), RoutesOf(*runtime, config));
}

}  // namespace
}  // namespace portal::access_code

int main(int argc, char** argv) {
  return portal::service::Main("access_code", argc, argv, portal::access_code::Run);
}
