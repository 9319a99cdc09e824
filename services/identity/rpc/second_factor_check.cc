#include "services/identity/rpc/second_factor_check.h"

#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "libs/crypto/digest.h"
#include "libs/crypto/random.h"
#include "libs/crypto/totp.h"
#include "libs/status/status_macros.h"
#include "services/identity/domain/errors.h"
#include "services/identity/domain/limits.h"

namespace portal::identity {
namespace {

// A secret that was moved to another account does not open.
std::string BoundTo(const id::AccountId& account_id) {
  return absl::StrCat("second factor|", account_id.ToString());
}

std::string RecoveryCodeHash(const id::AccountId& account_id, absl::string_view code) {
  return crypto::Sha256(absl::StrCat(account_id.ToString(), "|", code));
}

}  // namespace

absl::Status SecondFactorCheck::Check(db::Transaction& transaction, const id::AccountId& account_id,
                                      const SecondFactorCode& code) {
  ASSIGN_OR_RETURN(const std::optional<SecondFactor> factor,
                   factors_.Lock(transaction, account_id));
  if (!factor.has_value() || !factor->confirmed_at.has_value()) return SecondFactorNotEnabled();
  return Use(transaction, account_id, *factor, code);
}

absl::Status SecondFactorCheck::CheckIfEnabled(db::Transaction& transaction,
                                               const id::AccountId& account_id,
                                               const std::optional<SecondFactorCode>& code) {
  ASSIGN_OR_RETURN(const std::optional<SecondFactor> factor,
                   factors_.Lock(transaction, account_id));
  if (!factor.has_value() || !factor->confirmed_at.has_value()) return absl::OkStatus();
  if (!code.has_value()) return SecondFactorRejected();
  return Use(transaction, account_id, *factor, *code);
}

absl::Status SecondFactorCheck::Use(db::Transaction& transaction, const id::AccountId& account_id,
                                    const SecondFactor& factor, const SecondFactorCode& code) {
  if (code.is_totp()) return UseTotp(transaction, account_id, factor, code.text());
  ASSIGN_OR_RETURN(
      const bool used,
      factors_.UseRecoveryCode(transaction, account_id, RecoveryCodeHash(account_id, code.text())));
  return used ? absl::OkStatus() : SecondFactorRejected();
}

absl::Status SecondFactorCheck::Confirm(db::Transaction& transaction,
                                        const id::AccountId& account_id,
                                        const SecondFactorCode& code) {
  ASSIGN_OR_RETURN(const std::optional<SecondFactor> factor,
                   factors_.Lock(transaction, account_id));
  if (!factor.has_value() || factor->confirmed_at.has_value()) return SecondFactorNotBegun();
  RETURN_IF_ERROR(UseTotp(transaction, account_id, *factor, code.text()));
  return factors_.Confirm(transaction, account_id, clock_.Now());
}

absl::Status SecondFactorCheck::UseTotp(db::Transaction& transaction,
                                        const id::AccountId& account_id, const SecondFactor& factor,
                                        const std::string& code) {
  ASSIGN_OR_RETURN(const std::string secret,
                   sealer_.Open(factor.sealed_secret, BoundTo(account_id)));
  ASSIGN_OR_RETURN(const std::optional<int64_t> step,
                   crypto::MatchTotp(secret, code, clock_.Now()));
  if (!step.has_value()) return SecondFactorRejected();
  ASSIGN_OR_RETURN(const bool used,
                   factors_.UseStep(transaction, account_id, *step, Seal(account_id, secret)));
  return used ? absl::OkStatus() : SecondFactorRejected();
}

std::string SecondFactorCheck::Seal(const id::AccountId& account_id,
                                    const std::string& secret) const {
  return sealer_.Seal(secret, BoundTo(account_id));
}

absl::StatusOr<std::vector<std::string>> SecondFactorCheck::RenewRecoveryCodes(
    db::Transaction& transaction, const id::AccountId& account_id) {
  std::vector<std::string> shown;
  std::vector<std::string> hashes;
  for (int i = 0; i < kRecoveryCodes; ++i) {
    const std::string code =
        absl::AsciiStrToLower(crypto::Base32Encode(crypto::RandomBytes(kRecoveryCodeBytes)));
    shown.push_back(WithHyphens(code));
    hashes.push_back(RecoveryCodeHash(account_id, code));
  }
  RETURN_IF_ERROR(factors_.PutRecoveryCodes(transaction, account_id, hashes));
  return shown;
}

}  // namespace portal::identity
