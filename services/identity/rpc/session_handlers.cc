#include "services/identity/rpc/session_handlers.h"

#include <utility>

#include "libs/audit/event.h"
#include "libs/crypto/digest.h"
#include "libs/crypto/random.h"
#include "libs/rpc/call.h"
#include "libs/status/errors.h"
#include "libs/status/status_macros.h"
#include "services/identity/domain/errors.h"
#include "services/identity/domain/limits.h"
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
      page_tokens_(dependencies.sealer),
      accounts_(dependencies.pool),
      sessions_(dependencies.pool),
      devices_(dependencies.pool),
      attempts_(dependencies.pool, dependencies.clock),
      passwords_(dependencies.hasher, accounts_, attempts_),
      factors_(dependencies.pool),
      challenges_(dependencies.pool),
      check_(factors_, dependencies.sealer, dependencies.clock),
      opener_(dependencies) {}

absl::StatusOr<v1::SignInResponse> SessionHandlers::SignIn(const rpc::Context& context,
                                                           const v1::SignInRequest& request) {
  ASSIGN_OR_RETURN(const Email email, Email::Parse("email", request.email()));
  RETURN_IF_ERROR(PasswordPolicy::CheckLength("password", request.password()));
  RETURN_IF_ERROR(CheckUserAgent(request.user_agent()));
  RETURN_IF_ERROR(CheckDeviceToken(request.device_token()));
  const db::CallOptions call = rpc::CallOf(context);
  if (const std::optional<Attempt> attempt =
          ClientAttempt(context, AttemptKind::kSignInFromClient, deps_.attempts_per_client)) {
    RETURN_IF_ERROR(attempts_.Admit(call, *attempt));
  }
  std::optional<DeviceId> known_device;
  if (!request.device_token().empty()) {
    ASSIGN_OR_RETURN(
        known_device,
        devices_.Find(call, email, crypto::Sha256(request.device_token()), deps_.clock.Now()));
  }
  ASSIGN_OR_RETURN(const PasswordMatch match,
                   passwords_.Check(call, email, request.password(), known_device));
  if (match.sign_up) return EmailNotVerified();
  if (!match.account.has_value()) return CredentialsRejected();
  return Begin(context, request, *match.account, known_device);
}

absl::StatusOr<v1::SignInResponse> SessionHandlers::Begin(
    const rpc::Context& context, const v1::SignInRequest& request,
    const AccountCredentials& account, const std::optional<DeviceId>& known_device) {
  std::optional<std::string> new_hash;
  if (deps_.hasher.NeedsRehash(account.password_hash)) {
    ASSIGN_OR_RETURN(new_hash, deps_.hasher.Hash(request.password()));
  }
  const auto begin = [&](db::Transaction& transaction) -> absl::StatusOr<v1::SignInResponse> {
    // A password that was replaced meanwhile opens nothing: who replaced it has ended what was
    // open.
    ASSIGN_OR_RETURN(AccountContact owner,
                     accounts_.Lock(transaction, account.account_id, account.password_hash));
    if (new_hash.has_value()) RETURN_IF_ERROR(accounts_.Rehash(transaction, account, *new_hash));
    ASSIGN_OR_RETURN(const bool has_second_factor,
                     factors_.IsEnabled(transaction, account.account_id));
    v1::SignInResponse response;
    if (has_second_factor) {
      ASSIGN_OR_RETURN(*response.mutable_second_factor_challenge(),
                       PutChallenge(transaction, context,
                                    {.account_id = account.account_id,
                                     .contact = std::move(owner),
                                     .device = DeviceName(request.user_agent()),
                                     .device_id = known_device}));
      return response;
    }
    ASSIGN_OR_RETURN(OpenedSession opened, opener_.Open(transaction, context,
                                                        {.account_id = account.account_id,
                                                         .owner = std::move(owner),
                                                         .device = DeviceName(request.user_agent()),
                                                         .known_device = known_device}));
    response.set_session_token(std::move(opened.session_token));
    response.set_device_token(opened.new_device_token.value_or(request.device_token()));
    *response.mutable_session() = ToProto(opened.session, deps_.session_limits);
    return response;
  };
  ASSIGN_OR_RETURN(v1::SignInResponse response, deps_.pool.Transact(rpc::CallOf(context), begin));
  if (response.has_session()) {
    context.AddResponseMetadata(kSetCookieKey, SetSessionCookie(response.session_token()));
  }
  return response;
}

absl::StatusOr<v1::SecondFactorChallenge> SessionHandlers::PutChallenge(
    db::Transaction& transaction, const rpc::Context& context, const Challenge& challenge) {
  const std::string token = crypto::RandomToken();
  const absl::Time expires_at = deps_.clock.Now() + kChallengeLifetime;
  RETURN_IF_ERROR(challenges_.Put(transaction, crypto::Sha256(token), challenge, expires_at));
  audit::Event event = context.AuditEvent();
  event.actor_kind = audit::ActorKind::kAccount;
  event.actor_id = challenge.account_id;
  event.resource_kind = "account";
  event.resource_id = challenge.account_id.ToString();
  event.outcome = "SECOND_FACTOR_DUE";
  RETURN_IF_ERROR(audit::Append(transaction, deps_.clock, {event}));
  v1::SecondFactorChallenge message;
  message.set_challenge_token(token);
  *message.mutable_expire_time() = ToProto(expires_at);
  return message;
}

absl::StatusOr<v1::CompleteSignInResponse> SessionHandlers::CompleteSignIn(
    const rpc::Context& context, const v1::CompleteSignInRequest& request) {
  ASSIGN_OR_RETURN(const SecondFactorCode code,
                   SecondFactorCode::Parse("second_factor_code", request.second_factor_code()));
  const db::CallOptions call = rpc::CallOf(context);
  if (const std::optional<Attempt> attempt =
          ClientAttempt(context, AttemptKind::kSignInFromClient, deps_.attempts_per_client)) {
    RETURN_IF_ERROR(attempts_.Admit(call, *attempt));
  }
  const std::string token_hash = crypto::Sha256(request.challenge_token());
  ASSIGN_OR_RETURN(const Challenge challenge,
                   challenges_.Find(call, token_hash, deps_.clock.Now()));
  ASSIGN_OR_RETURN(const bool admitted, attempts_.Count(call, SignInAttempt(challenge.contact.email,
                                                                            challenge.device_id)));
  if (!admitted) return SecondFactorRejected();
  ASSIGN_OR_RETURN(v1::CompleteSignInResponse response,
                   deps_.pool.Transact(call, [&](db::Transaction& transaction) {
                     return Complete(transaction, context, token_hash, challenge, code);
                   }));
  context.AddResponseMetadata(kSetCookieKey, SetSessionCookie(response.session_token()));
  return response;
}

// An error leaves the challenge as it was.
absl::StatusOr<v1::CompleteSignInResponse> SessionHandlers::Complete(db::Transaction& transaction,
                                                                     const rpc::Context& context,
                                                                     const std::string& token_hash,
                                                                     const Challenge& challenge,
                                                                     const SecondFactorCode& code) {
  const absl::Time now = deps_.clock.Now();
  ASSIGN_OR_RETURN(AccountContact owner,
                   accounts_.Lock(transaction, challenge.account_id, std::nullopt));
  RETURN_IF_ERROR(challenges_.Use(transaction, token_hash, now));
  RETURN_IF_ERROR(check_.Check(transaction, challenge.account_id, code));
  ASSIGN_OR_RETURN(OpenedSession opened, opener_.Open(transaction, context,
                                                      {.account_id = challenge.account_id,
                                                       .owner = std::move(owner),
                                                       .device = challenge.device,
                                                       .known_device = challenge.device_id,
                                                       .second_factor_at = now}));
  v1::CompleteSignInResponse response;
  response.set_session_token(std::move(opened.session_token));
  response.set_device_token(opened.new_device_token.value_or(""));
  *response.mutable_session() = ToProto(opened.session, deps_.session_limits);
  return response;
}

absl::StatusOr<v1::ListSessionsResponse> SessionHandlers::ListSessions(
    const rpc::Context& context, const v1::ListSessionsRequest& request) {
  ASSIGN_OR_RETURN(const int page_size,
                   rpc::PageSize(request.page_size(), kDefaultPageSize, kMaxPageSize));
  ASSIGN_OR_RETURN(const std::vector<std::string> position,
                   page_tokens_.Parse(request, request.page_token(), 1));
  ASSIGN_OR_RETURN(const std::optional<id::SessionId> before,
                   rpc::IdPosition<id::SessionId>(position));
  const absl::Time now = deps_.clock.Now();
  ASSIGN_OR_RETURN(std::vector<Session> sessions,
                   sessions_.List(rpc::CallOf(context), context.account_id(), now,
                                  now - deps_.session_limits.idle, before, page_size + 1));
  v1::ListSessionsResponse response;
  response.set_current_session_id(context.session_id().ToString());
  if (sessions.size() > page_size) {
    sessions.resize(page_size);
    response.set_next_page_token(
        page_tokens_.Make(request, {sessions.back().session_id.ToString()}));
  }
  for (const Session& session : sessions) {
    *response.add_sessions() = ToProto(session, deps_.session_limits);
  }
  return response;
}

absl::StatusOr<v1::RevokeSessionResponse> SessionHandlers::RevokeSession(
    const rpc::Context& context, const v1::RevokeSessionRequest& request) {
  ASSIGN_OR_RETURN(const id::SessionId session_id,
                   id::SessionId::Parse("session_id", request.session_id()));
  RETURN_IF_ERROR(
      deps_.pool.Transact(rpc::CallOf(context), [&](db::Transaction& transaction) -> absl::Status {
        ASSIGN_OR_RETURN(
            const bool was_open,
            sessions_.End(transaction, session_id, context.account_id(), deps_.clock.Now()));
        if (was_open) {
          return audit::Append(transaction, deps_.clock, {EventAbout(context, session_id)});
        }
        ASSIGN_OR_RETURN(const std::optional<Session> session,
                         sessions_.Find(transaction, session_id));
        const bool is_own = session.has_value() && session->account_id == context.account_id();
        return is_own ? absl::OkStatus() : SessionNotFound();
      }));
  return v1::RevokeSessionResponse();
}

absl::StatusOr<v1::SignOutEverywhereResponse> SessionHandlers::SignOutEverywhere(
    const rpc::Context& context, const v1::SignOutEverywhereRequest& request) {
  std::optional<id::SessionId> kept;
  if (request.keep_current()) kept = context.session_id();
  RETURN_IF_ERROR(
      deps_.pool.Transact(rpc::CallOf(context), [&](db::Transaction& transaction) -> absl::Status {
        ASSIGN_OR_RETURN(const int64_t ended, sessions_.EndAll(transaction, context.account_id(),
                                                               kept, deps_.clock.Now()));
        if (ended == 0) return absl::OkStatus();
        audit::Event event = context.AuditEvent();
        event.resource_kind = "account";
        event.resource_id = context.account_id().ToString();
        return audit::Append(transaction, deps_.clock, {event});
      }));
  if (!request.keep_current()) context.AddResponseMetadata(kSetCookieKey, ClearSessionCookie());
  return v1::SignOutEverywhereResponse();
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
