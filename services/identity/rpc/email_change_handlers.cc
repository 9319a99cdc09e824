#include "services/identity/rpc/email_change_handlers.h"

#include <utility>

#include "libs/audit/event.h"
#include "libs/crypto/digest.h"
#include "libs/crypto/random.h"
#include "libs/rpc/call.h"
#include "libs/status/status_macros.h"
#include "services/identity/domain/limits.h"
#include "services/identity/rpc/account_event.h"
#include "services/identity/rpc/client_attempt.h"
#include "services/identity/rpc/repetition.h"

namespace portal::identity {

EmailChangeHandlers::EmailChangeHandlers(const Dependencies& dependencies)
    : deps_(dependencies),
      accounts_(dependencies.pool),
      factors_(dependencies.pool),
      attempts_(dependencies.pool, dependencies.clock),
      owner_check_(dependencies),
      second_factor_check_(factors_, dependencies.sealer, dependencies.clock),
      cut_off_(dependencies),
      directory_(dependencies.pool, dependencies.outbox),
      notices_(dependencies.outbox, dependencies.portal_base_url),
      mails_(dependencies.outbox, dependencies.portal_base_url) {}

absl::StatusOr<v1::RequestEmailChangeResponse> EmailChangeHandlers::RequestEmailChange(
    const rpc::Context& context, const v1::RequestEmailChangeRequest& request) {
  using Response = v1::RequestEmailChangeResponse;
  ASSIGN_OR_RETURN(Email email, Email::Parse("email", request.email()));
  ASSIGN_OR_RETURN(
      std::optional<SecondFactorCode> code,
      SecondFactorCode::ParseOptional("second_factor_code", request.second_factor_code()));
  const db::CallOptions call = rpc::CallOf(context);
  const idempotency::Key key = rpc::KeyOf(context, request.request_id());
  const v1::RequestEmailChangeRequest repeatable = WithoutSecrets(request);
  ASSIGN_OR_RETURN(std::optional<Response> recorded,
                   deps_.idempotency.Find<Response>(deps_.pool, call, key, repeatable));
  if (recorded.has_value()) return *std::move(recorded);

  if (const std::optional<Attempt> attempt =
          ClientAttempt(context, AttemptKind::kEmailChangeFromClient, deps_.attempts_per_client)) {
    RETURN_IF_ERROR(attempts_.Admit(call, *attempt));
  }
  ASSIGN_OR_RETURN(Owner owner, owner_check_.Check(context, request.password()));
  const Asked asked = {
      .owner = std::move(owner), .email = std::move(email), .code = std::move(code)};
  return deps_.idempotency.Run<Response>(
      deps_.pool, call, key, repeatable,
      [&](db::Transaction& transaction) -> absl::StatusOr<Response> {
        RETURN_IF_ERROR(Begin(transaction, context, asked));
        return Response();
      });
}

// Addresses with and without an account take the same way, to the mail.
absl::Status EmailChangeHandlers::Begin(db::Transaction& transaction, const rpc::Context& context,
                                        const Asked& asked) {
  const Owner& owner = asked.owner;
  RETURN_IF_ERROR(attempts_.Admit(
      transaction,
      Attempt::OfEmail(AttemptKind::kEmailChangeOfEmail, asked.email, kEmailChangesPerEmail)));
  // A password that was replaced meanwhile moves nothing.
  RETURN_IF_ERROR(accounts_.Lock(transaction, owner.account_id, owner.password_hash).status());
  RETURN_IF_ERROR(second_factor_check_.CheckIfEnabled(transaction, owner.account_id, asked.code));
  const std::string token = crypto::RandomToken();
  ASSIGN_OR_RETURN(
      const bool taken,
      changes_.Put(transaction, {.account_id = owner.account_id,
                                 .email = asked.email,
                                 .session_id = context.session_id(),
                                 .token_hash = crypto::Sha256(token),
                                 .expires_at = deps_.clock.Now() + kEmailChangeLifetime}));
  if (taken) {
    mails_.SendSignUpRepeated(transaction, asked.email, owner.contact.language);
  } else {
    notices_.ConfirmNewEmail(transaction,
                             {.email = asked.email, .language = owner.contact.language}, token);
  }
  notices_.EmailChangeRequested(transaction, owner.contact);
  RETURN_IF_ERROR(
      attempts_.Clear(transaction, SignInAttempt(owner.contact.email, owner.device_id)));
  return audit::Append(transaction, deps_.clock, {EventAbout(context, owner.account_id)});
}

absl::StatusOr<v1::ConfirmEmailChangeResponse> EmailChangeHandlers::ConfirmEmailChange(
    const rpc::Context& context, const v1::ConfirmEmailChangeRequest& request) {
  using Response = v1::ConfirmEmailChangeResponse;
  const db::CallOptions call = rpc::CallOf(context);
  const idempotency::Key key = rpc::KeyOf(context, request.request_id());
  ASSIGN_OR_RETURN(std::optional<Response> recorded,
                   deps_.idempotency.Find<Response>(deps_.pool, call, key, request));
  if (recorded.has_value()) return *std::move(recorded);

  const std::optional<Attempt> attempt =
      ClientAttempt(context, AttemptKind::kEmailChangeFromClient, deps_.attempts_per_client);
  if (attempt.has_value()) RETURN_IF_ERROR(attempts_.Admit(call, *attempt));
  return deps_.idempotency.Run<Response>(
      deps_.pool, call, key, request,
      [&](db::Transaction& transaction) -> absl::StatusOr<Response> {
        RETURN_IF_ERROR(Complete(transaction, context, crypto::Sha256(request.token())));
        if (attempt.has_value()) RETURN_IF_ERROR(attempts_.Forgive(transaction, *attempt));
        return Response();
      });
}

absl::Status EmailChangeHandlers::Complete(db::Transaction& transaction,
                                           const rpc::Context& context,
                                           const std::string& token_hash) {
  ASSIGN_OR_RETURN(const EmailChangeStore::Moved moved,
                   changes_.Move(transaction, token_hash, deps_.clock.Now()));
  RETURN_IF_ERROR(cut_off_.Run(transaction, moved.account_id, moved.session_id, std::nullopt));
  RETURN_IF_ERROR(directory_.Tell(transaction, moved.account_id));
  notices_.EmailChanged(transaction, moved.before);
  return audit::Append(transaction, deps_.clock, {EventAbout(context, moved.account_id)});
}

}  // namespace portal::identity
