#include "services/access_code/domain/grant.h"

namespace portal::access_code {

GrantState StateAt(const Grant& grant, absl::Time now) {
  if (!grant.end.has_value()) {
    return grant.ends_at.has_value() && *grant.ends_at <= now ? GrantState::kEnded
                                                              : GrantState::kActive;
  }
  switch (*grant.end) {
    case GrantEnd::kRevoked:
      return GrantState::kRevoked;
    case GrantEnd::kDropped:
      return GrantState::kDropped;
    case GrantEnd::kReached:
      return GrantState::kEnded;
    case GrantEnd::kAccountClosed:
      return GrantState::kAccountClosed;
    case GrantEnd::kMerged:
      return GrantState::kMerged;
  }
  return GrantState::kEnded;
}

}  // namespace portal::access_code
