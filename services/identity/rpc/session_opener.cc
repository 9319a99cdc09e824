#include "services/identity/rpc/session_opener.h"

#include <utility>

#include "libs/audit/event.h"
#include "libs/crypto/digest.h"
#include "libs/crypto/random.h"
#include "libs/status/errors.h"
#include "libs/status/status_macros.h"
#include "services/identity/rpc/client_attempt.h"
#include "services/identity/rpc/password_check.h"

namespace portal::identity {

SessionOpener::SessionOpener(const Dependencies& dependencies)
    : deps_(dependencies),
      sessions_(dependencies.pool),
      devices_(dependencies.pool),
      attempts_(dependencies.pool, dependencies.clock),
      notices_(dependencies.outbox, dependencies.portal_base_url) {}

absl::StatusOr<OpenedSession> SessionOpener::Open(db::Transaction& transaction,
                                                  const rpc::Context& context,
                                                  const ProvenSignIn& sign_in) {
  const absl::Time now = deps_.clock.Now();
  ASSIGN_OR_RETURN(Device device, Know(transaction, sign_in, now));
  const std::string token = crypto::RandomToken();
  const auto session_id = id::SessionId::New(deps_.clock);
  RETURN_IF_ERROR(sessions_.Open(transaction, {.session_id = session_id,
                                               .account_id = sign_in.account_id,
                                               .token_hash = crypto::Sha256(token),
                                               .created_at = now,
                                               .expires_at = now + deps_.session_limits.lifetime,
                                               .device = sign_in.device,
                                               .device_id = device.device_id,
                                               .second_factor_at = sign_in.second_factor_at}));
  RETURN_IF_ERROR(ForgetAttempts(transaction, context, sign_in));
  audit::Event event = context.AuditEvent();
  event.actor_kind = audit::ActorKind::kAccount;
  event.actor_id = sign_in.account_id;
  event.session_id = session_id;
  event.resource_kind = "session";
  event.resource_id = session_id.ToString();
  RETURN_IF_ERROR(audit::Append(transaction, deps_.clock, {event}));
  ASSIGN_OR_RETURN(std::optional<Session> session, sessions_.Find(transaction, session_id));
  if (!session.has_value()) return status::Internal("a session is gone in its own transaction");
  return OpenedSession{.session = *std::move(session),
                       .session_token = token,
                       .new_device_token = std::move(device.new_token)};
}

absl::StatusOr<SessionOpener::Device> SessionOpener::Know(db::Transaction& transaction,
                                                          const ProvenSignIn& sign_in,
                                                          absl::Time now) {
  if (sign_in.known_device.has_value()) {
    ASSIGN_OR_RETURN(const bool still_known,
                     devices_.Touch(transaction, *sign_in.known_device, sign_in.account_id, now));
    if (still_known) return Device{.device_id = *sign_in.known_device, .new_token = std::nullopt};
  }
  const std::string token = crypto::RandomToken();
  Device device = {.device_id = DeviceId::New(deps_.clock), .new_token = token};
  RETURN_IF_ERROR(
      devices_.Add(transaction, device.device_id, sign_in.account_id, crypto::Sha256(token), now));
  ASSIGN_OR_RETURN(const bool is_first,
                   sessions_.MarkFirstSignIn(transaction, sign_in.account_id, now));
  if (!is_first) notices_.NewDeviceSignIn(transaction, sign_in.owner, now, sign_in.device);
  return device;
}

absl::Status SessionOpener::ForgetAttempts(db::Transaction& transaction,
                                           const rpc::Context& context,
                                           const ProvenSignIn& sign_in) {
  RETURN_IF_ERROR(
      attempts_.Clear(transaction, SignInAttempt(sign_in.owner.email, sign_in.known_device)));
  if (const std::optional<Attempt> attempt =
          ClientAttempt(context, AttemptKind::kSignInFromClient, deps_.attempts_per_client)) {
    // Each step was counted.
    const int steps = sign_in.second_factor_at.has_value() ? 2 : 1;
    for (int i = 0; i < steps; ++i) RETURN_IF_ERROR(attempts_.Forgive(transaction, *attempt));
  }
  return absl::OkStatus();
}

}  // namespace portal::identity
