#include "services/identity/rpc/session_gate.h"

#include <string>

#include "libs/crypto/digest.h"
#include "libs/status/status_macros.h"
#include "services/identity/domain/errors.h"
#include "services/identity/domain/limits.h"

namespace portal::identity {

absl::StatusOr<PassportDesk::Issued> SessionGate::Admit(const db::CallOptions& call,
                                                        absl::string_view token) {
  // Anything else is not looked up.
  if (token.size() != kTokenCharacters) return SessionEnded();
  // Before the look-up: a passport must not seem to be from after a change that it did not see.
  const absl::Time now = deps_.clock.Now();
  ASSIGN_OR_RETURN(const std::optional<Session> session, Find(call, token));
  if (!session.has_value() || !IsLive(*session, deps_.session_limits, now)) return SessionEnded();
  if (NeedsTouch(*session, deps_.session_limits, now)) RETURN_IF_ERROR(Touch(call, *session, now));
  return passports_.Issue(*session, now);
}

absl::StatusOr<std::optional<Session>> SessionGate::Find(const db::CallOptions& call,
                                                         absl::string_view token) {
  const std::string token_hash = crypto::Sha256(token);
  ASSIGN_OR_RETURN(std::optional<Session> session, sessions_.FindByToken(call, token_hash));
  if (session.has_value()) return session;
  return service_accounts_.FindSession(call, token_hash);
}

absl::Status SessionGate::Touch(const db::CallOptions& call, const Session& session,
                                absl::Time now) {
  const absl::Time not_since = now - deps_.session_limits.touch_interval();
  if (session.service_account.has_value()) {
    return service_accounts_.TouchSession(call, session.session_id, now, not_since);
  }
  return sessions_.Touch(call, session.session_id, now, not_since);
}

}  // namespace portal::identity
