#ifndef SERVICES_ACCESS_CODE_DOMAIN_REDEMPTION_H_
#define SERVICES_ACCESS_CODE_DOMAIN_REDEMPTION_H_

#include <optional>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace portal::access_code {

// Why a code was not redeemed. The caller is told less, see ToStatus.
enum class Refusal {
  kMalformed,      // cannot be a code
  kUnknown,        // never issued
  kUsed,           // redeemed before
  kCancelled,      // by staff
  kExpired,        // in time
  kLocked,         // tried too often with wrong birth dates
  kBirthDate,      // is not the one that came with the code, or none came
  kGrantExists,    // the code is live, and the account has what it opens
  kAccountClosed,  // since the session's last request
};

inline constexpr Refusal kRefusals[] = {
    Refusal::kMalformed, Refusal::kUnknown,     Refusal::kUsed,
    Refusal::kCancelled, Refusal::kExpired,     Refusal::kLocked,
    Refusal::kBirthDate, Refusal::kGrantExists, Refusal::kAccountClosed};

// What a code's row says about it at the time of the refusal.
struct CodeFacts {
  bool redeemed = false;
  bool cancelled = false;
  bool expired = false;
  bool locked = false;
  bool wrong_birth_date = false;
  // The account holds an active grant for the code's patient, or has its form open.
  bool held = false;
};

// Nothing if the code could be redeemed after all: something changed in between.
std::optional<Refusal> RefusalOf(const CodeFacts& facts);

// "malformed", "unknown", ...: a label for metrics.
absl::string_view ToString(Refusal refusal);

// GRANT_EXISTS, SESSION_ENDED, or the one ACCESS_CODE_REJECTED for all others.
absl::Status ToStatus(Refusal refusal);

}  // namespace portal::access_code

#endif  // SERVICES_ACCESS_CODE_DOMAIN_REDEMPTION_H_
