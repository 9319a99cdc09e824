#ifndef SERVICES_ACCESS_CODE_STORAGE_ATTEMPT_LEDGER_H_
#define SERVICES_ACCESS_CODE_STORAGE_ATTEMPT_LEDGER_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "libs/db/pool.h"
#include "libs/id/ids.h"

namespace portal::access_code {

// Counts attempts to redeem a code before the code is looked at. However many come at once, and
// wherever in time a window of kAttemptWindow is laid, at most kAttemptsPerAccount of an account
// and kAttemptsPerAddress of an address are admitted in it. A refused attempt does not count, so
// that waiting helps. Thread-safe.
class AttemptLedger {
 public:
  // `pool` outlives the ledger.
  explicit AttemptLedger(db::Pool& pool) : pool_(pool) {}

  // OK once the attempt's count is committed. TOO_MANY_ATTEMPTS with the time to wait, and nothing
  // counted, if the account or the address has none left; otherwise what libs/db/pool.h lists. An
  // address that is empty or none at all has no limit of its own.
  absl::Status Admit(const db::CallOptions& call, const id::AccountId& account_id,
                     absl::string_view client_address, absl::Time now) const;

  // Forgets at most `limit` accounts and addresses without an attempt in the window; returns how
  // many.
  absl::StatusOr<int64_t> Prune(absl::Time now, int limit) const;

 private:
  db::Pool& pool_;
};

// The name an address is counted under: an IPv4 address itself, the /64 that an IPv6 address is in
// (one customer has all of it), "" for anything else.
std::string NetworkOf(absl::string_view client_address);

}  // namespace portal::access_code

#endif  // SERVICES_ACCESS_CODE_STORAGE_ATTEMPT_LEDGER_H_
