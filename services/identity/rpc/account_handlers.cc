#include "services/identity/rpc/account_handlers.h"

#include <optional>
#include <string>

#include "libs/audit/event.h"
#include "libs/crypto/digest.h"
#include "libs/crypto/random.h"
#include "libs/rpc/call.h"
#include "libs/status/status_macros.h"
#include "services/identity/domain/email.h"
#include "services/identity/domain/errors.h"
#include "services/identity/rpc/client_attempt.h"
#include "services/identity/rpc/convert.h"
#include "services/identity/rpc/repetition.h"

namespace portal::identity {

AccountHandlers::AccountHandlers(const Dependencies& dependencies)
    : deps_(dependencies),
      accounts_(dependencies.pool),
      attempts_(dependencies.pool, dependencies.clock),
      passwords_(dependencies.hasher, accounts_, attempts_),
      mails_(dependencies.outbox, dependencies.portal_base_url) {}

// Known and unknown addresses take the same way, to the mail: one hash, one transaction of the same
// statements.
absl::StatusOr<v1::SignUpResponse> AccountHandlers::SignUp(const rpc::Context& context,
                                                           const v1::SignUpRequest& request) {
  ASSIGN_OR_RETURN(const Email email, Email::Parse("email", request.email()));
  RETURN_IF_ERROR(deps_.password_policy.Check(request.password()));
  const db::CallOptions call = rpc::CallOf(context);
  const idempotency::Key key = rpc::KeyOf(context, request.request_id());
  const v1::SignUpRequest repeatable = WithoutPassword(request);
  ASSIGN_OR_RETURN(std::optional<v1::SignUpResponse> recorded,
                   deps_.idempotency.Find<v1::SignUpResponse>(deps_.pool, call, key, repeatable));
  if (recorded.has_value()) return *std::move(recorded);

  if (const std::optional<Attempt> attempt =
          ClientAttempt(context, AttemptKind::kSignUpFromClient, deps_.attempts_per_client)) {
    RETURN_IF_ERROR(attempts_.Admit(call, *attempt));
  }
  ASSIGN_OR_RETURN(const std::string password_hash, deps_.hasher.Hash(request.password()));
  return deps_.idempotency.Run<v1::SignUpResponse>(
      deps_.pool, call, key, repeatable,
      [&](db::Transaction& transaction) -> absl::StatusOr<v1::SignUpResponse> {
        RETURN_IF_ERROR(Record(transaction, context, email, password_hash));
        return v1::SignUpResponse();
      });
}

absl::Status AccountHandlers::Record(db::Transaction& transaction, const rpc::Context& context,
                                     const Email& email, const std::string& password_hash) {
  RETURN_IF_ERROR(attempts_.Admit(
      transaction, Attempt::OfEmail(AttemptKind::kSignUpOfEmail, email, kSignUpsPerEmail)));
  const std::string token = crypto::RandomToken();
  const absl::Time now = deps_.clock.Now();
  ASSIGN_OR_RETURN(const bool has_account,
                   accounts_.PutSignUp(transaction, {.email = email,
                                                     .password_hash = password_hash,
                                                     .token_hash = crypto::Sha256(token),
                                                     .created_at = now,
                                                     .expires_at = now + kVerificationLifetime}));
  if (has_account) {
    mails_.SendSignUpRepeated(transaction, email);
  } else {
    mails_.SendVerification(transaction, email, token);
  }
  audit::Event event = context.AuditEvent();
  event.resource_kind = "sign_up";
  return audit::Append(transaction, deps_.clock, {event});
}

absl::StatusOr<v1::VerifyEmailResponse> AccountHandlers::VerifyEmail(
    const rpc::Context& context, const v1::VerifyEmailRequest& request) {
  RETURN_IF_ERROR(PasswordPolicy::CheckLength("password", request.password()));
  const db::CallOptions call = rpc::CallOf(context);
  const idempotency::Key key = rpc::KeyOf(context, request.request_id());
  const v1::VerifyEmailRequest repeatable = WithoutPassword(request);
  ASSIGN_OR_RETURN(
      std::optional<v1::VerifyEmailResponse> recorded,
      deps_.idempotency.Find<v1::VerifyEmailResponse>(deps_.pool, call, key, repeatable));
  if (recorded.has_value()) return *std::move(recorded);

  const std::optional<Attempt> attempt =
      ClientAttempt(context, AttemptKind::kVerifyEmailFromClient, deps_.attempts_per_client);
  if (attempt.has_value()) RETURN_IF_ERROR(attempts_.Admit(call, *attempt));
  const std::string token_hash = crypto::Sha256(request.token());
  const absl::Status proven =
      passwords_.CheckLink(call, token_hash, request.password(), deps_.clock.Now());
  if (!IsSettled(proven)) return proven;
  return deps_.idempotency.Run<v1::VerifyEmailResponse>(
      deps_.pool, call, key, repeatable,
      [&](db::Transaction& transaction) -> absl::StatusOr<v1::VerifyEmailResponse> {
        // Said here: a copy whose first one used the link meanwhile gets that one's answer instead.
        RETURN_IF_ERROR(proven);
        RETURN_IF_ERROR(Prove(transaction, context, token_hash));
        if (attempt.has_value()) RETURN_IF_ERROR(attempts_.Forgive(transaction, *attempt));
        return v1::VerifyEmailResponse();
      });
}

absl::Status AccountHandlers::Prove(db::Transaction& transaction, const rpc::Context& context,
                                    const std::string& token_hash) {
  ASSIGN_OR_RETURN(const id::AccountId account_id,
                   accounts_.Verify(transaction, token_hash, id::AccountId::New(deps_.clock),
                                    deps_.clock.Now()));
  audit::Event event = context.AuditEvent();
  event.actor_kind = audit::ActorKind::kAccount;
  event.actor_id = account_id;
  event.resource_kind = "account";
  event.resource_id = account_id.ToString();
  return audit::Append(transaction, deps_.clock, {event});
}

absl::StatusOr<v1::Account> AccountHandlers::GetAccount(const rpc::Context& context,
                                                        const v1::GetAccountRequest& request) {
  static_cast<void>(request);
  ASSIGN_OR_RETURN(const std::optional<Account> account,
                   accounts_.Find(rpc::CallOf(context), context.account_id()));
  // A passport for an account that is gone: so is its session.
  if (!account.has_value()) return SessionEnded();
  return ToProto(*account);
}

}  // namespace portal::identity
