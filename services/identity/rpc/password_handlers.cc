#include "services/identity/rpc/password_handlers.h"

#include "libs/audit/event.h"
#include "libs/crypto/digest.h"
#include "libs/crypto/random.h"
#include "libs/rpc/call.h"
#include "libs/status/status_macros.h"
#include "services/identity/domain/errors.h"
#include "services/identity/domain/limits.h"
#include "services/identity/rpc/account_event.h"
#include "services/identity/rpc/client_attempt.h"
#include "services/identity/rpc/repetition.h"

namespace portal::identity {
PasswordHandlers::PasswordHandlers(const Dependencies& dependencies)
    : deps_(dependencies),
      accounts_(dependencies.pool),
      password_store_(dependencies.pool),
      factors_(dependencies.pool),
      attempts_(dependencies.pool, dependencies.clock),
      passwords_(dependencies.hasher, accounts_, attempts_),
      owner_check_(dependencies),
      cut_off_(dependencies),
      notices_(dependencies.outbox, dependencies.portal_base_url) {}

absl::StatusOr<v1::ChangePasswordResponse> PasswordHandlers::ChangePassword(
    const rpc::Context& context, const v1::ChangePasswordRequest& request) {
  using Response = v1::ChangePasswordResponse;
  RETURN_IF_ERROR(PasswordPolicy::CheckLength("password", request.password()));
  RETURN_IF_ERROR(deps_.password_policy.Check(request.new_password()));
  const db::CallOptions call = rpc::CallOf(context);
  const idempotency::Key key = rpc::KeyOf(context, request.request_id());
  const v1::ChangePasswordRequest repeatable = WithoutSecrets(request);
  ASSIGN_OR_RETURN(std::optional<Response> recorded,
                   deps_.idempotency.Find<Response>(deps_.pool, call, key, repeatable));
  if (recorded.has_value()) return *std::move(recorded);

  ASSIGN_OR_RETURN(const Owner owner, owner_check_.Find(context));
  const absl::StatusOr<std::string> new_hash = HashForOwner(call, owner, request);
  if (!IsSettled(new_hash.status())) return new_hash.status();
  return deps_.idempotency.Run<Response>(
      deps_.pool, call, key, repeatable,
      [&](db::Transaction& transaction) -> absl::StatusOr<Response> {
        // Said here: a copy whose first one changed the password meanwhile gets that one's answer.
        RETURN_IF_ERROR(new_hash.status());
        RETURN_IF_ERROR(Change(transaction, context, owner, *new_hash));
        return Response();
      });
}

absl::StatusOr<std::string> PasswordHandlers::HashForOwner(
    const db::CallOptions& call, const Owner& owner, const v1::ChangePasswordRequest& request) {
  RETURN_IF_ERROR(passwords_.CheckOwner(call, owner, request.password()));
  return deps_.hasher.Hash(request.new_password());
}

absl::Status PasswordHandlers::Change(db::Transaction& transaction, const rpc::Context& context,
                                      const Owner& owner, const std::string& new_hash) {
  ASSIGN_OR_RETURN(const bool replaced,
                   password_store_.Replace(transaction, owner.account_id,
                                           owner.password_hash.value_or(""), new_hash));
  // Another change came first: what was verified is not the password any more.
  if (!replaced) return CredentialsRejected();
  RETURN_IF_ERROR(
      cut_off_.Run(transaction, owner.account_id, context.session_id(), owner.device_id));
  RETURN_IF_ERROR(ForgetAttempts(transaction, factors_, attempts_, owner.account_id,
                                 SignInAttempt(owner.contact.email, owner.device_id)));
  notices_.PasswordChanged(transaction, owner.contact);
  return audit::Append(transaction, deps_.clock, {EventAbout(context, owner.account_id)});
}

// Known and unknown addresses take the same way, to the event: it tells somebody or nobody.
absl::StatusOr<v1::RequestPasswordResetResponse> PasswordHandlers::RequestPasswordReset(
    const rpc::Context& context, const v1::RequestPasswordResetRequest& request) {
  using Response = v1::RequestPasswordResetResponse;
  ASSIGN_OR_RETURN(const Email email, Email::Parse("email", request.email()));
  const db::CallOptions call = rpc::CallOf(context);
  const idempotency::Key key = rpc::KeyOf(context, request.request_id());
  ASSIGN_OR_RETURN(std::optional<Response> recorded,
                   deps_.idempotency.Find<Response>(deps_.pool, call, key, request));
  if (recorded.has_value()) return *std::move(recorded);

  if (const std::optional<Attempt> attempt = ClientAttempt(
          context, AttemptKind::kPasswordResetFromClient, deps_.attempts_per_client)) {
    RETURN_IF_ERROR(attempts_.Admit(call, *attempt));
  }
  return deps_.idempotency.Run<Response>(
      deps_.pool, call, key, request,
      [&](db::Transaction& transaction) -> absl::StatusOr<Response> {
        RETURN_IF_ERROR(attempts_.Admit(
            transaction,
            Attempt::OfEmail(AttemptKind::kPasswordResetOfEmail, email, kPasswordResetsPerEmail)));
        const std::string token = crypto::RandomToken();
        ASSIGN_OR_RETURN(const PasswordStore::ResetRecipient recipient,
                         password_store_.PutReset(transaction, email, crypto::Sha256(token),
                                                  deps_.clock.Now() + kPasswordResetLifetime));
        if (recipient.has_account) {
          notices_.ResetPassword(transaction, recipient.contact, token);
        } else {
          notices_.ResetPasswordOfNobody(transaction, recipient.contact, token);
        }
        audit::Event event = context.AuditEvent();
        event.resource_kind = "password_reset";
        RETURN_IF_ERROR(audit::Append(transaction, deps_.clock, {event}));
        return Response();
      });
}

absl::StatusOr<v1::ResetPasswordResponse> PasswordHandlers::ResetPassword(
    const rpc::Context& context, const v1::ResetPasswordRequest& request) {
  using Response = v1::ResetPasswordResponse;
  const db::CallOptions call = rpc::CallOf(context);
  const idempotency::Key key = rpc::KeyOf(context, request.request_id());
  const v1::ResetPasswordRequest repeatable = WithoutSecrets(request);
  ASSIGN_OR_RETURN(std::optional<Response> recorded,
                   deps_.idempotency.Find<Response>(deps_.pool, call, key, repeatable));
  if (recorded.has_value()) return *std::move(recorded);

  RETURN_IF_ERROR(deps_.password_policy.Check(request.new_password()));
  const std::optional<Attempt> attempt =
      ClientAttempt(context, AttemptKind::kPasswordResetFromClient, deps_.attempts_per_client);
  if (attempt.has_value()) RETURN_IF_ERROR(attempts_.Admit(call, *attempt));
  const std::string token_hash = crypto::Sha256(request.token());
  const absl::StatusOr<std::string> new_hash =
      HashForLink(call, token_hash, request.new_password());
  if (!IsSettled(new_hash.status())) return new_hash.status();
  return deps_.idempotency.Run<Response>(
      deps_.pool, call, key, repeatable,
      [&](db::Transaction& transaction) -> absl::StatusOr<Response> {
        // Said here: a copy whose first one used the link meanwhile gets that one's answer instead.
        RETURN_IF_ERROR(new_hash.status());
        RETURN_IF_ERROR(Reset(transaction, context, token_hash, *new_hash));
        if (attempt.has_value()) RETURN_IF_ERROR(attempts_.Forgive(transaction, *attempt));
        return Response();
      });
}

absl::StatusOr<std::string> PasswordHandlers::HashForLink(const db::CallOptions& call,
                                                          const std::string& token_hash,
                                                          const std::string& new_password) {
  ASSIGN_OR_RETURN(const bool is_good,
                   password_store_.HasReset(call, token_hash, deps_.clock.Now()));
  if (!is_good) return LinkRejected();
  return deps_.hasher.Hash(new_password);
}

absl::Status PasswordHandlers::Reset(db::Transaction& transaction, const rpc::Context& context,
                                     const std::string& token_hash, const std::string& new_hash) {
  ASSIGN_OR_RETURN(const ResetAccount account,
                   password_store_.Reset(transaction, token_hash, new_hash, deps_.clock.Now()));
  RETURN_IF_ERROR(cut_off_.Run(transaction, account.account_id, std::nullopt, std::nullopt));
  RETURN_IF_ERROR(ForgetAttempts(transaction, factors_, attempts_, account.account_id,
                                 SignInAttempt(account.contact.email)));
  notices_.PasswordChanged(transaction, account.contact);
  return audit::Append(transaction, deps_.clock, {EventAbout(context, account.account_id)});
}

}  // namespace portal::identity
