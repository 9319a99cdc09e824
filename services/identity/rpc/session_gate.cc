#include "services/identity/rpc/session_gate.h"

#include <optional>

#include "libs/crypto/digest.h"
#include "libs/status/status_macros.h"
#include "services/identity/domain/errors.h"

namespace portal::identity {
namespace {

// Of crypto::RandomToken(). Anything else is not looked up.
constexpr size_t kTokenCharacters = 43;

}  // namespace

absl::StatusOr<PassportDesk::Issued> SessionGate::Admit(const db::CallOptions& call,
                                                        absl::string_view token) {
  if (token.size() != kTokenCharacters) return SessionEnded();
  ASSIGN_OR_RETURN(const std::optional<Session> session,
                   sessions_.FindByToken(call, crypto::Sha256(token)));
  const absl::Time now = deps_.clock.Now();
  if (!session.has_value() || !IsLive(*session, deps_.session_limits, now)) return SessionEnded();
  if (NeedsTouch(*session, deps_.session_limits, now)) {
    RETURN_IF_ERROR(sessions_.Touch(call, session->session_id, now,
                                    now - deps_.session_limits.touch_interval()));
  }
  return passports_.Issue(*session, now);
}

}  // namespace portal::identity
