// The access_code service: Medical Records access codes and the grants they make. See README.md.

#include <cstdint>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "libs/background/loop.h"
#include "libs/crypto/keyring.h"
#include "libs/service/runtime.h"
#include "libs/status/errors.h"
#include "libs/status/status_macros.h"
#include "libs/telemetry/log.h"
#include "services/access_code/domain/word_list.h"
#include "services/access_code/rpc/service.h"
#include "services/access_code/storage/attempt_ledger.h"
#include "services/access_code/storage/schema.h"

ABSL_FLAG(std::string, code_peppers, "",
          "Folder of <key-id>.key: codes are stored as HMACs under the newest.");
ABSL_FLAG(std::string, word_list, "", "The EFF's long word list, as the package diceware has it.");

namespace portal::access_code {
namespace {

absl::StatusOr<std::string> PathIn(const absl::Flag<std::string>& flag) {
  std::string path = absl::GetFlag(flag);
  if (path.empty()) {
    return absl::InvalidArgumentError(absl::StrCat("--", flag.Name(), " is missing"));
  }
  return path;
}

absl::StatusOr<WordList> ReadWordList() {
  ASSIGN_OR_RETURN(const std::string path, PathIn(FLAGS_word_list));
  std::ifstream file(path);
  if (!file) {
    return absl::FailedPreconditionError(absl::StrCat("--word_list: cannot read '", path, "'"));
  }
  return WordList::Parse(
      std::string(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()));
}

absl::StatusOr<std::unique_ptr<crypto::Keyring>> LoadPeppers() {
  ASSIGN_OR_RETURN(const std::string path, PathIn(FLAGS_code_peppers));
  return crypto::Keyring::Load(path);
}

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

absl::Status Run() {
  ASSIGN_OR_RETURN(const WordList words, ReadWordList());
  ASSIGN_OR_RETURN(const std::unique_ptr<crypto::Keyring> peppers, LoadPeppers());
  ASSIGN_OR_RETURN(
      const std::unique_ptr<service::Runtime> runtime,
      service::Runtime::Open(
          {.name = "access_code", .add_schema = AddSchema, .migrations = NeededMigrations()}));
  runtime->Watch("code_peppers", *peppers);
  Service service({.pool = runtime->pool(),
                   .words = words,
                   .peppers = *peppers,
                   .sealer = runtime->sealer(),
                   .outbox = runtime->outbox(),
                   .idempotency = runtime->idempotency(),
                   .clock = runtime->clock(),
                   .metrics = runtime->metrics()});
  const AttemptLedger attempts(runtime->background_pool());
  background::Loop pruning(kPruneInterval, [&] { return Prune(attempts, runtime->clock()); });
  // Notices of redemptions wait in the outbox for the service that will send them.
  return runtime->Serve(service.Tables(), /*routes=*/{});
}

}  // namespace
}  // namespace portal::access_code

int main(int argc, char** argv) {
  return portal::service::Main("access_code", argc, argv, portal::access_code::Run);
}
