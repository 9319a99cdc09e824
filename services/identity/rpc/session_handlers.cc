#include "services/identity/rpc/session_handlers.h"

#include <utility>

#include "libs/audit/event.h"
#include "libs/crypto/digest.h"
#include "libs/crypto/random.h"
#include "libs/rpc/call.h"
#include "libs/status/errors.h"
#include "libs/status/status_macros.h"
#include "services/identity/domain/errors.h"
#include "services/identity/rpc/client_attempt.h"
#include "services/identity/rpc/convert.h"
#include "services/identity/rpc/session_cookie.h"

namespace portal::identity {
namespace {

audit::Event EventAbout(const rpc::Context& context, const id::SessionId& session_id) {
  audit::Event event = context.AuditEvent();
  event.resource_kind = "session";
  event.resource_id = session_id.ToString();
  return event;
}

}  // namespace

SessionHandlers::SessionHandlers(const Dependencies& dependencies, SessionGate& gate)
    : deps_(dependencies),
      gate_(gate),
      accounts_(dependencies.pool),
      sessions_(dependencies.pool),
      attempts_(dependencies.pool, dependencies.clock),
      passwords_(dependencies.hasher, accounts_, attempts_) {}

absl::StatusOr<v1::SignInResponse> SessionHandlers::SignIn(const rpc::Context& context,
                                                           const v1::SignInRequest& request) {
  ASSIGN_OR_RETURN(const Email email, Email::Parse("email", request.email()));
  RETURN_IF_ERROR(PasswordPolicy::CheckLength("password", request.password()));
  const db::CallOptions call = rpc::CallOf(context);
  if (const std::optional<Attempt> attempt =
          ClientAttempt(context, AttemptKind::kSignInFromClient, deps_.attempts_per_client)) {
    RETURN_IF_ERROR(attempts_.Admit(call, *attempt));
  }
  ASSIGN_OR_RETURN(const PasswordMatch match, passwords_.Check(call, email, request.password()));
  if (match.sign_up) return EmailNotVerified();
  if (!match.account.has_value()) return CredentialsRejected();
  return OpenSession(context, email, *match.account, request.password());
}

absl::StatusOr<v1::SignInResponse> SessionHandlers::OpenSession(const rpc::Context& context,
                                                                const Email& email,
                                                                const AccountCredentials& account,
                                                                const std::string& password) {
  std::optional<std::string> new_hash;
  if (deps_.hasher.NeedsRehash(account.password_hash)) {
    ASSIGN_OR_RETURN(new_hash, deps_.hasher.Hash(password));
  }
  const std::string token = crypto::RandomToken();
  const auto session_id = id::SessionId::New(deps_.clock);
  const auto open = [&](db::Transaction& transaction) -> absl::StatusOr<std::optional<Session>> {
    const absl::Time now = deps_.clock.Now();
    RETURN_IF_ERROR(sessions_.Open(transaction, session_id, account.account_id,
                                   crypto::Sha256(token), now,
                                   now + deps_.session_limits.lifetime));
    if (new_hash.has_value()) RETURN_IF_ERROR(accounts_.Rehash(transaction, account, *new_hash));
    RETURN_IF_ERROR(attempts_.Clear(transaction, SignInAttempt(email)));
    if (const std::optional<Attempt> attempt =
            ClientAttempt(context, AttemptKind::kSignInFromClient, deps_.attempts_per_client)) {
      RETURN_IF_ERROR(attempts_.Forgive(transaction, *attempt));
    }
    audit::Event event = EventAbout(context, session_id);
    event.actor_kind = audit::ActorKind::kAccount;
    event.actor_id = account.account_id;
    event.session_id = session_id;
    RETURN_IF_ERROR(audit::Append(transaction, deps_.clock, {event}));
    return sessions_.Find(transaction, session_id);
  };
  ASSIGN_OR_RETURN(const std::optional<Session> session,
                   deps_.pool.Transact(rpc::CallOf(context), open));
  if (!session.has_value()) return status::Internal("a session is gone in its own transaction");
  context.AddResponseMetadata(kSetCookieKey, SetSessionCookie(token));
  v1::SignInResponse response;
  response.set_session_token(token);
  *response.mutable_session() = ToProto(*session, deps_.session_limits);
  return response;
}

absl::StatusOr<v1::SignOutResponse> SessionHandlers::SignOut(const rpc::Context& context,
                                                             const v1::SignOutRequest& request) {
  static_cast<void>(request);
  RETURN_IF_ERROR(
      deps_.pool.Transact(rpc::CallOf(context), [&](db::Transaction& transaction) -> absl::Status {
        ASSIGN_OR_RETURN(const bool was_open,
                         sessions_.End(transaction, context.session_id(), context.account_id(),
                                       deps_.clock.Now()));
        if (!was_open) return absl::OkStatus();
        return audit::Append(transaction, deps_.clock, {EventAbout(context, context.session_id())});
      }));
  context.AddResponseMetadata(kSetCookieKey, ClearSessionCookie());
  return v1::SignOutResponse();
}

absl::StatusOr<v1::Session> SessionHandlers::GetSession(const rpc::Context& context,
                                                        const v1::GetSessionRequest& request) {
  static_cast<void>(request);
  ASSIGN_OR_RETURN(std::optional<Session> found,
                   sessions_.Find(rpc::CallOf(context), context.session_id()));
  ASSIGN_OR_RETURN(const Session session, Live(std::move(found), deps_.clock.Now()));
  return ToProto(session, deps_.session_limits);
}

absl::StatusOr<v1::IssuePassportResponse> SessionHandlers::IssuePassport(
    const rpc::Context& context, const v1::IssuePassportRequest& request) {
  ASSIGN_OR_RETURN(PassportDesk::Issued issued,
                   gate_.Admit(rpc::CallOf(context), request.session_token()));
  v1::IssuePassportResponse response;
  response.set_passport(std::move(issued.token));
  *response.mutable_expire_time() = ToProto(issued.expires_at);
  return response;
}

absl::StatusOr<Session> SessionHandlers::Live(std::optional<Session> session,
                                              absl::Time now) const {
  if (!session.has_value() || !IsLive(*session, deps_.session_limits, now)) return SessionEnded();
  return *std::move(session);
}

}  // namespace portal::identity
