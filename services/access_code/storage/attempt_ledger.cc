#include "services/access_code/storage/attempt_ledger.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "libs/status/status_macros.h"
#include "services/access_code/domain/errors.h"
#include "services/access_code/domain/limits.h"
#include "services/access_code/storage/queries.h"

namespace portal::access_code {
namespace {

absl::Status Count(db::Transaction& transaction, const std::string& subject, int limit,
                   absl::Time now) {
  const absl::Time window_start = now - kAttemptWindow;
  if (!transaction.Exec(queries::kAdmitRedemptionAttempt, subject, now, limit, window_start)
           .empty()) {
    return absl::OkStatus();
  }
  const absl::Time oldest =
      transaction.Exec(queries::kGetOldestCountedAttempt, subject, limit).One().Time("oldest_us");
  return TooManyAttempts(oldest - window_start);
}

}  // namespace

absl::Status AttemptLedger::Admit(const db::CallOptions& call, const id::AccountId& account_id,
                                  absl::string_view client_address, absl::Time now) const {
  const std::string network = NetworkOf(client_address);
  return pool_.Transact(call, [&](db::Transaction& transaction) -> absl::Status {
    // Always in this order: two transactions never wait for each other. The address comes second,
    // because others wait for it too.
    RETURN_IF_ERROR(Count(transaction, absl::StrCat("account:", account_id.ToString()),
                          kAttemptsPerAccount, now));
    if (network.empty()) return absl::OkStatus();
    return Count(transaction, absl::StrCat("address:", network), kAttemptsPerAddress, now);
  });
}

absl::StatusOr<int64_t> AttemptLedger::Prune(absl::Time now, int limit) const {
  return pool_.Execute([&](db::Session& session) -> absl::StatusOr<int64_t> {
    return session.Exec(queries::kPruneRedemptionAttempts, now - kAttemptWindow, limit).affected();
  });
}

std::string NetworkOf(absl::string_view client_address) {
  const std::string text(client_address);
  char printed[INET6_ADDRSTRLEN];
  in_addr v4;
  if (inet_pton(AF_INET, text.c_str(), &v4) == 1) {
    return inet_ntop(AF_INET, &v4, printed, sizeof(printed));
  }
  in6_addr v6;
  if (inet_pton(AF_INET6, text.c_str(), &v6) != 1) return "";
  if (IN6_IS_ADDR_V4MAPPED(&v6)) {
    return inet_ntop(AF_INET, &v6.s6_addr[12], printed, sizeof(printed));
  }
  std::fill(v6.s6_addr + 8, v6.s6_addr + 16, 0);
  return absl::StrCat(inet_ntop(AF_INET6, &v6, printed, sizeof(printed)), "/64");
}

}  // namespace portal::access_code
