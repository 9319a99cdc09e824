#include "services/identity/rpc/account_handlers.h"

#include <algorithm>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "google/protobuf/field_mask.pb.h"
#include "libs/audit/event.h"
#include "libs/crypto/digest.h"
#include "libs/crypto/random.h"
#include "libs/rpc/call.h"
#include "libs/status/errors.h"
#include "libs/status/status_macros.h"
#include "services/identity/domain/email.h"
#include "services/identity/domain/errors.h"
#include "services/identity/domain/language.h"
#include "services/identity/domain/terms.h"
#include "services/identity/rpc/account_event.h"
#include "services/identity/rpc/client_attempt.h"
#include "services/identity/rpc/convert.h"
#include "services/identity/rpc/repetition.h"

namespace portal::identity {
namespace {

// The trail keeps every version that the account of `event` agreed to, the account the last one.
audit::Event ConsentTo(audit::Event event, int terms_version) {
  event.resource_kind = "terms";
  event.resource_id = absl::StrCat(terms_version);
  return event;
}

absl::Status CheckMask(const google::protobuf::FieldMask& mask) {
  const bool known = std::all_of(mask.paths().begin(), mask.paths().end(),
                                 [](const std::string& path) { return path == "language"; });
  if (known && !mask.paths().empty()) return absl::OkStatus();
  return status::InvalidField("update_mask", "must name language, and nothing else");
}

}  // namespace

AccountHandlers::AccountHandlers(const Dependencies& dependencies)
    : deps_(dependencies),
      accounts_(dependencies.pool),
      attempts_(dependencies.pool, dependencies.clock),
      passwords_(dependencies.hasher, accounts_, attempts_),
      directory_(dependencies.pool, dependencies.outbox),
      mails_(dependencies.outbox, dependencies.portal_base_url) {}

// Known and unknown addresses take the same way, to the mail: one hash, one transaction of the same
// statements.
absl::StatusOr<v1::SignUpResponse> AccountHandlers::SignUp(const rpc::Context& context,
                                                           const v1::SignUpRequest& request) {
  ASSIGN_OR_RETURN(const Email email, Email::Parse("email", request.email()));
  RETURN_IF_ERROR(deps_.password_policy.Check(request.password()));
  ASSIGN_OR_RETURN(const std::string language,
                   ParseOptionalLanguage("language", request.language()));
  const db::CallOptions call = rpc::CallOf(context);
  const idempotency::Key key = rpc::KeyOf(context, request.request_id());
  const v1::SignUpRequest repeatable = WithoutSecrets(request);
  ASSIGN_OR_RETURN(std::optional<v1::SignUpResponse> recorded,
                   deps_.idempotency.Find<v1::SignUpResponse>(deps_.pool, call, key, repeatable));
  if (recorded.has_value()) return *std::move(recorded);

  const int terms_version = request.accepted_terms_version();
  RETURN_IF_ERROR(CheckSignUpTerms("accepted_terms_version", terms_version, deps_.terms_version));
  if (const std::optional<Attempt> attempt =
          ClientAttempt(context, AttemptKind::kSignUpFromClient, deps_.attempts_per_client)) {
    RETURN_IF_ERROR(attempts_.Admit(call, *attempt));
  }
  ASSIGN_OR_RETURN(const std::string password_hash, deps_.hasher.Hash(request.password()));
  return deps_.idempotency.Run<v1::SignUpResponse>(
      deps_.pool, call, key, repeatable,
      [&](db::Transaction& transaction) -> absl::StatusOr<v1::SignUpResponse> {
        RETURN_IF_ERROR(
            Record(transaction, context,
                   {.email = email,
                    .password_hash = password_hash,
                    .language = language,
                    .terms_version =
                        terms_version > 0 ? std::make_optional(terms_version) : std::nullopt}));
        return v1::SignUpResponse();
      });
}

absl::Status AccountHandlers::Record(db::Transaction& transaction, const rpc::Context& context,
                                     identity::SignUp sign_up) {
  RETURN_IF_ERROR(attempts_.Admit(
      transaction, Attempt::OfEmail(AttemptKind::kSignUpOfEmail, sign_up.email, kSignUpsPerEmail)));
  const std::string token = crypto::RandomToken();
  sign_up.token_hash = crypto::Sha256(token);
  sign_up.created_at = deps_.clock.Now();
  sign_up.expires_at = sign_up.created_at + kVerificationLifetime;
  ASSIGN_OR_RETURN(const bool has_account, accounts_.PutSignUp(transaction, sign_up));
  if (has_account) {
    mails_.SendSignUpRepeated(transaction, sign_up.email, sign_up.language);
  } else {
    mails_.SendVerification(transaction, sign_up.email, sign_up.language, token);
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
  const v1::VerifyEmailRequest repeatable = WithoutSecrets(request);
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
  RETURN_IF_ERROR(directory_.Tell(transaction, account_id));
  audit::Event verified = EventAbout(context, account_id);
  ASSIGN_OR_RETURN(const std::optional<Account> account, accounts_.Find(transaction, account_id));
  if (!account.has_value()) return status::Internal("an account is gone in its own transaction");
  if (!account->terms.has_value()) return audit::Append(transaction, deps_.clock, {verified});
  return audit::Append(transaction, deps_.clock,
                       {verified, ConsentTo(verified, account->terms->version)});
}

absl::StatusOr<v1::Account> AccountHandlers::GetAccount(const rpc::Context& context,
                                                        const v1::GetAccountRequest& request) {
  static_cast<void>(request);
  ASSIGN_OR_RETURN(const std::optional<Account> account,
                   accounts_.Find(rpc::CallOf(context), context.account_id()));
  // A passport for an account that is gone: so is its session.
  if (!account.has_value()) return SessionEnded();
  return ToProto(*account, deps_.terms_version);
}

absl::StatusOr<v1::Account> AccountHandlers::UpdateAccount(
    const rpc::Context& context, const v1::UpdateAccountRequest& request) {
  RETURN_IF_ERROR(CheckMask(request.update_mask()));
  ASSIGN_OR_RETURN(const std::string language,
                   ParseLanguage("account.language", request.account().language()));
  return deps_.idempotency.Run<v1::Account>(
      deps_.pool, rpc::CallOf(context), rpc::KeyOf(context, request.request_id()), request,
      [&](db::Transaction& transaction) -> absl::StatusOr<v1::Account> {
        ASSIGN_OR_RETURN(const bool changed,
                         accounts_.SetLanguage(transaction, context.account_id(), language));
        if (changed) {
          RETURN_IF_ERROR(directory_.Tell(transaction, context.account_id()));
          RETURN_IF_ERROR(
              audit::Append(transaction, deps_.clock, {EventAbout(context, context.account_id())}));
        }
        return Changed(transaction, context);
      });
}

absl::StatusOr<v1::Account> AccountHandlers::AcceptTerms(const rpc::Context& context,
                                                         const v1::AcceptTermsRequest& request) {
  return deps_.idempotency.Run<v1::Account>(
      deps_.pool, rpc::CallOf(context), rpc::KeyOf(context, request.request_id()), request,
      [&](db::Transaction& transaction) -> absl::StatusOr<v1::Account> {
        // Said here: a repetition gets the first answer, whatever is published by then.
        RETURN_IF_ERROR(CheckTermsVersion("version", request.version(), deps_.terms_version));
        const TermsConsent consent = {.version = request.version(),
                                      .accepted_at = deps_.clock.Now()};
        ASSIGN_OR_RETURN(const bool is_new,
                         accounts_.AcceptTerms(transaction, context.account_id(), consent));
        if (is_new) {
          const audit::Event event = EventAbout(context, context.account_id());
          RETURN_IF_ERROR(
              audit::Append(transaction, deps_.clock, {ConsentTo(event, consent.version)}));
        }
        return Changed(transaction, context);
      });
}

absl::StatusOr<v1::Account> AccountHandlers::Changed(db::Transaction& transaction,
                                                     const rpc::Context& context) {
  ASSIGN_OR_RETURN(const std::optional<Account> account,
                   accounts_.Find(transaction, context.account_id()));
  if (!account.has_value()) return SessionEnded();
  return ToProto(*account, deps_.terms_version);
}

}  // namespace portal::identity
