#include "services/identity/rpc/second_factor_handlers.h"

#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "libs/audit/event.h"
#include "libs/crypto/compare.h"
#include "libs/crypto/digest.h"
#include "libs/crypto/random.h"
#include "libs/crypto/totp.h"
#include "libs/rpc/call.h"
#include "libs/status/status_macros.h"
#include "services/identity/domain/errors.h"
#include "services/identity/domain/limits.h"
#include "services/identity/domain/mailbox_code.h"
#include "services/identity/rpc/convert.h"
#include "services/identity/rpc/repetition.h"

namespace portal::identity {
namespace {

// RFC 3986: everything but unreserved characters.
std::string PercentEncode(absl::string_view text) {
  std::string encoded;
  for (const char c : text) {
    if (absl::ascii_isalnum(c) || absl::string_view("-._~").find(c) != absl::string_view::npos) {
      encoded.push_back(c);
    } else {
      absl::StrAppendFormat(&encoded, "%%%02X", static_cast<unsigned char>(c));
    }
  }
  return encoded;
}

// The "Key URI Format" that authenticator apps agree on; what it leaves to defaults is ours:
// SHA-1, six digits, 30 seconds.
std::string OtpauthUrl(absl::string_view portal_base_url, const Email& email,
                       absl::string_view base32_secret) {
  const std::string issuer = PercentEncode(absl::StripPrefix(portal_base_url, "https://"));
  return absl::StrCat("otpauth://totp/", issuer, ":", PercentEncode(email.text()),
                      "?secret=", base32_secret, "&issuer=", issuer);
}

// What a sealed removal code is bound to.
std::string RemovalCodeOf(const id::AccountId& account_id) {
  return absl::StrCat("removal code|", account_id.ToString());
}

}  // namespace

SecondFactorHandlers::SecondFactorHandlers(const Dependencies& dependencies)
    : deps_(dependencies),
      sessions_(dependencies.pool),
      factors_(dependencies.pool),
      challenges_(dependencies.pool),
      devices_(dependencies.pool),
      attempts_(dependencies.pool, dependencies.clock),
      owner_check_(dependencies),
      check_(factors_, dependencies.sealer, dependencies.clock),
      notices_(dependencies.outbox, dependencies.portal_base_url) {}

absl::StatusOr<v1::SecondFactor> SecondFactorHandlers::GetSecondFactor(
    const rpc::Context& context, const v1::GetSecondFactorRequest& request) {
  static_cast<void>(request);
  ASSIGN_OR_RETURN(const std::optional<SecondFactor> factor,
                   factors_.Find(rpc::CallOf(context), context.account_id()));
  v1::SecondFactor response;
  if (!factor.has_value() || !factor->confirmed_at.has_value()) return response;
  response.set_enabled(true);
  *response.mutable_confirm_time() = ToProto(*factor->confirmed_at);
  response.set_recovery_codes_left(factor->recovery_codes_left);
  const absl::Time now = deps_.clock.Now();
  if (factor->removal_at.has_value() && now < *factor->removal_at + kRemovalWindow) {
    *response.mutable_removal_time() = ToProto(*factor->removal_at);
  }
  return response;
}

absl::StatusOr<v1::BeginSecondFactorResponse> SecondFactorHandlers::BeginSecondFactor(
    const rpc::Context& context, const v1::BeginSecondFactorRequest& request) {
  ASSIGN_OR_RETURN(const Owner owner, owner_check_.Check(context, request.password()));
  const std::string secret = crypto::RandomBytes(crypto::kTotpSecretBytes);
  RETURN_IF_ERROR(
      deps_.pool.Transact(rpc::CallOf(context), [&](db::Transaction& transaction) -> absl::Status {
        ASSIGN_OR_RETURN(const bool begun, factors_.Begin(transaction, owner.account_id,
                                                          check_.Seal(owner.account_id, secret)));
        if (!begun) return SecondFactorEnabled();
        RETURN_IF_ERROR(
            attempts_.Clear(transaction, SignInAttempt(owner.contact.email, owner.device_id)));
        return Audit(transaction, context, owner.account_id);
      }));
  v1::BeginSecondFactorResponse response;
  response.set_secret(crypto::Base32Encode(secret));
  response.set_otpauth_url(
      OtpauthUrl(deps_.portal_base_url, owner.contact.email, response.secret()));
  return response;
}

absl::StatusOr<v1::ConfirmSecondFactorResponse> SecondFactorHandlers::ConfirmSecondFactor(
    const rpc::Context& context, const v1::ConfirmSecondFactorRequest& request) {
  RETURN_IF_ERROR(SixDigits("second_factor_code", request.second_factor_code()).status());
  ASSIGN_OR_RETURN(const SecondFactorCode code,
                   SecondFactorCode::Parse("second_factor_code", request.second_factor_code()));
  ASSIGN_OR_RETURN(const Owner owner, owner_check_.Find(context));
  const Attempt attempt = SignInAttempt(owner.contact.email, owner.device_id);
  ASSIGN_OR_RETURN(const bool admitted, attempts_.Count(rpc::CallOf(context), attempt));
  if (!admitted) return SecondFactorRejected();
  const auto confirm =
      [&](db::Transaction& transaction) -> absl::StatusOr<v1::ConfirmSecondFactorResponse> {
    RETURN_IF_ERROR(check_.Confirm(transaction, owner.account_id, code));
    ASSIGN_OR_RETURN(const std::vector<std::string> recovery_codes,
                     check_.RenewRecoveryCodes(transaction, owner.account_id));
    RETURN_IF_ERROR(
        sessions_.Prove(transaction, context.session_id(), owner.account_id, deps_.clock.Now()));
    // Known by the password alone; each would have guesses at the codes of its own.
    RETURN_IF_ERROR(devices_.Forget(transaction, owner.account_id, owner.device_id));
    RETURN_IF_ERROR(attempts_.Forgive(transaction, attempt));
    notices_.SecondFactorChanged(transaction, owner.contact, /*enabled=*/true);
    RETURN_IF_ERROR(Audit(transaction, context, owner.account_id));
    v1::ConfirmSecondFactorResponse response;
    for (const std::string& recovery_code : recovery_codes) {
      response.add_recovery_codes(recovery_code);
    }
    return response;
  };
  return deps_.pool.Transact(rpc::CallOf(context), confirm);
}

absl::StatusOr<v1::RegenerateRecoveryCodesResponse> SecondFactorHandlers::RegenerateRecoveryCodes(
    const rpc::Context& context, const v1::RegenerateRecoveryCodesRequest& request) {
  ASSIGN_OR_RETURN(const SecondFactorCode code,
                   SecondFactorCode::Parse("second_factor_code", request.second_factor_code()));
  ASSIGN_OR_RETURN(const Owner owner, owner_check_.Check(context, request.password()));
  const auto regenerate =
      [&](db::Transaction& transaction) -> absl::StatusOr<v1::RegenerateRecoveryCodesResponse> {
    RETURN_IF_ERROR(check_.Check(transaction, owner.account_id, code));
    ASSIGN_OR_RETURN(const std::vector<std::string> recovery_codes,
                     check_.RenewRecoveryCodes(transaction, owner.account_id));
    RETURN_IF_ERROR(
        attempts_.Clear(transaction, SignInAttempt(owner.contact.email, owner.device_id)));
    RETURN_IF_ERROR(Audit(transaction, context, owner.account_id));
    v1::RegenerateRecoveryCodesResponse response;
    for (const std::string& recovery_code : recovery_codes) {
      response.add_recovery_codes(recovery_code);
    }
    return response;
  };
  return deps_.pool.Transact(rpc::CallOf(context), regenerate);
}

absl::StatusOr<v1::DisableSecondFactorResponse> SecondFactorHandlers::DisableSecondFactor(
    const rpc::Context& context, const v1::DisableSecondFactorRequest& request) {
  using Response = v1::DisableSecondFactorResponse;
  ASSIGN_OR_RETURN(const SecondFactorCode code,
                   SecondFactorCode::Parse("second_factor_code", request.second_factor_code()));
  RETURN_IF_ERROR(PasswordPolicy::CheckLength("password", request.password()));
  const db::CallOptions call = rpc::CallOf(context);
  const idempotency::Key key = rpc::KeyOf(context, request.request_id());
  const v1::DisableSecondFactorRequest repeatable = WithoutSecrets(request);
  ASSIGN_OR_RETURN(std::optional<Response> recorded,
                   deps_.idempotency.Find<Response>(deps_.pool, call, key, repeatable));
  if (recorded.has_value()) return *std::move(recorded);

  const absl::StatusOr<Owner> owner = owner_check_.Check(context, request.password());
  if (!IsSettled(owner.status())) return owner.status();
  return deps_.idempotency.Run<Response>(
      deps_.pool, call, key, repeatable,
      [&](db::Transaction& transaction) -> absl::StatusOr<Response> {
        RETURN_IF_ERROR(owner.status());
        RETURN_IF_ERROR(Disable(transaction, context, *owner, code));
        return Response();
      });
}

absl::Status SecondFactorHandlers::Disable(db::Transaction& transaction,
                                           const rpc::Context& context, const Owner& owner,
                                           const SecondFactorCode& code) {
  RETURN_IF_ERROR(check_.Check(transaction, owner.account_id, code));
  RETURN_IF_ERROR(factors_.Remove(transaction, owner.account_id).status());
  RETURN_IF_ERROR(
      attempts_.Clear(transaction, SignInAttempt(owner.contact.email, owner.device_id)));
  notices_.SecondFactorChanged(transaction, owner.contact, /*enabled=*/false);
  return Audit(transaction, context, owner.account_id);
}

absl::StatusOr<v1::RequestSecondFactorRemovalResponse>
SecondFactorHandlers::RequestSecondFactorRemoval(
    const rpc::Context& context, const v1::RequestSecondFactorRemovalRequest& request) {
  const db::CallOptions call = rpc::CallOf(context);
  ASSIGN_OR_RETURN(
      const Challenge challenge,
      challenges_.Find(call, crypto::Sha256(request.challenge_token()), deps_.clock.Now()));
  RETURN_IF_ERROR(deps_.pool.Transact(call, [&](db::Transaction& transaction) -> absl::Status {
    RETURN_IF_ERROR(attempts_.Admit(
        transaction, Attempt::OfEmail(AttemptKind::kRemovalCodeOfEmail, challenge.contact.email,
                                      kMailboxCodesPerEmail)));
    const MailboxCode code = MailboxCode::OfNumber(crypto::UniformBelow(MailboxCode::kCount));
    ASSIGN_OR_RETURN(
        const bool is_enabled,
        factors_.PutRemovalCode(transaction, challenge.account_id,
                                deps_.sealer.Seal(code.text(), RemovalCodeOf(challenge.account_id)),
                                deps_.clock.Now() + kMailboxCodeLifetime));
    // Removed or disabled meanwhile: the challenge leads nowhere.
    if (!is_enabled) return ChallengeRejected();
    notices_.MailboxCode(transaction, challenge.contact, code.text());
    return Audit(transaction, context, challenge.account_id);
  }));
  return v1::RequestSecondFactorRemovalResponse();
}

absl::StatusOr<v1::BeginSecondFactorRemovalResponse> SecondFactorHandlers::BeginSecondFactorRemoval(
    const rpc::Context& context, const v1::BeginSecondFactorRemovalRequest& request) {
  ASSIGN_OR_RETURN(const MailboxCode code,
                   MailboxCode::Parse("mailbox_code", request.mailbox_code()));
  const db::CallOptions call = rpc::CallOf(context);
  const absl::Time now = deps_.clock.Now();
  ASSIGN_OR_RETURN(const Challenge challenge,
                   challenges_.Find(call, crypto::Sha256(request.challenge_token()), now));
  ASSIGN_OR_RETURN(const std::optional<std::string> sealed_code,
                   factors_.TryRemovalCode(call, challenge.account_id, now));
  if (!sealed_code.has_value()) return SecondFactorRejected();
  ASSIGN_OR_RETURN(const std::string right,
                   deps_.sealer.Open(*sealed_code, RemovalCodeOf(challenge.account_id)));
  if (!crypto::ConstantTimeEquals(code.text(), right)) return SecondFactorRejected();
  ASSIGN_OR_RETURN(const absl::Time removal_at,
                   deps_.pool.Transact(call, [&](db::Transaction& transaction) {
                     return BeginRemoval(transaction, context, challenge, *sealed_code);
                   }));
  v1::BeginSecondFactorRemovalResponse response;
  *response.mutable_removal_time() = ToProto(removal_at);
  return response;
}

absl::StatusOr<absl::Time> SecondFactorHandlers::BeginRemoval(db::Transaction& transaction,
                                                              const rpc::Context& context,
                                                              const Challenge& challenge,
                                                              const std::string& sealed_code) {
  ASSIGN_OR_RETURN(const bool used,
                   factors_.UseRemovalCode(transaction, challenge.account_id, sealed_code));
  if (!used) return SecondFactorRejected();
  const absl::Time now = deps_.clock.Now();
  const absl::Time removal_at = now + deps_.second_factor_removal_wait;
  const std::string token = crypto::RandomToken();
  ASSIGN_OR_RETURN(const bool begun, factors_.BeginRemoval(transaction, challenge.account_id,
                                                           removal_at, crypto::Sha256(token), now));
  if (begun) {
    notices_.SecondFactorRemovalRequested(transaction, challenge.contact, removal_at, token);
    RETURN_IF_ERROR(Audit(transaction, context, challenge.account_id));
    return removal_at;
  }
  ASSIGN_OR_RETURN(const std::optional<SecondFactor> factor,
                   factors_.Lock(transaction, challenge.account_id));
  if (!factor.has_value() || !factor->removal_at.has_value()) return ChallengeRejected();
  return *factor->removal_at;
}

absl::StatusOr<v1::CancelSecondFactorRemovalResponse>
SecondFactorHandlers::CancelSecondFactorRemoval(
    const rpc::Context& context, const v1::CancelSecondFactorRemovalRequest& request) {
  RETURN_IF_ERROR(
      deps_.pool.Transact(rpc::CallOf(context), [&](db::Transaction& transaction) -> absl::Status {
        ASSIGN_OR_RETURN(const std::optional<id::AccountId> account_id,
                         factors_.CancelRemoval(transaction, crypto::Sha256(request.token())));
        if (!account_id.has_value()) return LinkRejected();
        return Audit(transaction, context, *account_id);
      }));
  return v1::CancelSecondFactorRemovalResponse();
}

absl::StatusOr<v1::CompleteSecondFactorRemovalResponse>
SecondFactorHandlers::CompleteSecondFactorRemoval(
    const rpc::Context& context, const v1::CompleteSecondFactorRemovalRequest& request) {
  const db::CallOptions call = rpc::CallOf(context);
  const std::string token_hash = crypto::Sha256(request.challenge_token());
  ASSIGN_OR_RETURN(const Challenge challenge,
                   challenges_.Find(call, token_hash, deps_.clock.Now()));
  RETURN_IF_ERROR(deps_.pool.Transact(call, [&](db::Transaction& transaction) -> absl::Status {
    RETURN_IF_ERROR(challenges_.Use(transaction, token_hash, deps_.clock.Now()));
    ASSIGN_OR_RETURN(const bool removed, factors_.CompleteRemoval(transaction, challenge.account_id,
                                                                  deps_.clock.Now()));
    if (!removed) return SecondFactorRemovalNotDue();
    notices_.SecondFactorChanged(transaction, challenge.contact, /*enabled=*/false);
    return Audit(transaction, context, challenge.account_id);
  }));
  return v1::CompleteSecondFactorRemovalResponse();
}

absl::Status SecondFactorHandlers::Audit(db::Transaction& transaction, const rpc::Context& context,
                                         const id::AccountId& account_id) const {
  audit::Event event = context.AuditEvent();
  event.actor_kind = audit::ActorKind::kAccount;
  event.actor_id = account_id;
  event.resource_kind = "second_factor";
  event.resource_id = account_id.ToString();
  return audit::Append(transaction, deps_.clock, {event});
}

}  // namespace portal::identity
