#include "services/access_code/domain/redemption.h"

#include "services/access_code/domain/errors.h"

namespace portal::access_code {

std::optional<Refusal> RefusalOf(const CodeFacts& facts) {
  if (facts.redeemed) return Refusal::kUsed;
  if (facts.cancelled) return Refusal::kCancelled;
  if (facts.expired) return Refusal::kExpired;
  if (facts.locked) return Refusal::kLocked;
  // Before the grant: a holder is not told that a code is live without its birth date.
  if (facts.wrong_birth_date) return Refusal::kBirthDate;
  if (facts.held) return Refusal::kGrantExists;
  return std::nullopt;
}

absl::string_view ToString(Refusal refusal) {
  switch (refusal) {
    case Refusal::kMalformed:
      return "malformed";
    case Refusal::kUnknown:
      return "unknown";
    case Refusal::kUsed:
      return "used";
    case Refusal::kCancelled:
      return "cancelled";
    case Refusal::kExpired:
      return "expired";
    case Refusal::kLocked:
      return "locked";
    case Refusal::kBirthDate:
      return "birth_date";
    case Refusal::kGrantExists:
      return "grant_exists";
    case Refusal::kAccountClosed:
      return "account_closed";
  }
  return "";
}

absl::Status ToStatus(Refusal refusal) {
  switch (refusal) {
    case Refusal::kGrantExists:
      return GrantExists();
    case Refusal::kAccountClosed:
      return SessionEnded();
    default:
      return AccessCodeRejected();
  }
}

}  // namespace portal::access_code
