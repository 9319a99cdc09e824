#include "services/identity/domain/session.h"

#include <algorithm>

namespace portal::identity {

absl::Time IdleExpiresAt(const Session& session, const SessionLimits& limits) {
  return std::min(session.last_seen_at + limits.idle, session.expires_at);
}

bool IsLive(const Session& session, const SessionLimits& limits, absl::Time now) {
  return !session.ended_at.has_value() && now < IdleExpiresAt(session, limits);
}

bool NeedsTouch(const Session& session, const SessionLimits& limits, absl::Time now) {
  return now >= session.last_seen_at + limits.touch_interval();
}

}  // namespace portal::identity
