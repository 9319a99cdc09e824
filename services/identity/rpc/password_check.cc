#include "services/identity/rpc/password_check.h"

#include <string>

#include "libs/status/status_macros.h"
#include "services/identity/domain/errors.h"
#include "services/identity/domain/limits.h"

namespace portal::identity {

Attempt SignInAttempt(const Email& email, const std::optional<DeviceId>& known_device) {
  if (known_device.has_value()) {
    return Attempt::FromDevice(AttemptKind::kSignInFromDevice, *known_device, kSignInsPerDevice);
  }
  return Attempt::OfEmail(AttemptKind::kSignInOfAccount, email, kSignInsPerAccount);
}

absl::StatusOr<PasswordMatch> PasswordCheck::Check(const db::CallOptions& call, const Email& email,
                                                   absl::string_view password,
                                                   const std::optional<DeviceId>& known_device) {
  ASSIGN_OR_RETURN(const bool admitted, attempts_.Count(call, SignInAttempt(email, known_device)));
  ASSIGN_OR_RETURN(Credentials credentials, accounts_.FindCredentials(call, email));
  if (!admitted) credentials = {};

  PasswordMatch match;
  std::optional<std::string> account_hash;
  if (credentials.account.has_value() && !credentials.account->password_hash.empty()) {
    account_hash = credentials.account->password_hash;
  }
  ASSIGN_OR_RETURN(const bool is_accounts, Verify(account_hash, password));
  if (is_accounts) {
    match.account = std::move(credentials.account);
    return match;
  }
  ASSIGN_OR_RETURN(match.sign_up, Verify(credentials.sign_up_password_hash, password));
  return match;
}

absl::Status PasswordCheck::CheckOwner(const db::CallOptions& call, const Owner& owner,
                                       absl::string_view password) {
  ASSIGN_OR_RETURN(const bool admitted,
                   attempts_.Count(call, SignInAttempt(owner.contact.email, owner.device_id)));
  ASSIGN_OR_RETURN(const bool matches,
                   Verify(admitted ? owner.password_hash : std::nullopt, password));
  return matches ? absl::OkStatus() : CredentialsRejected();
}

absl::Status PasswordCheck::CheckLink(const db::CallOptions& call, absl::string_view token_hash,
                                      absl::string_view password, absl::Time now) {
  ASSIGN_OR_RETURN(const std::optional<std::string> hash,
                   accounts_.CountLinkAttempt(call, token_hash, now));
  ASSIGN_OR_RETURN(const bool matches, Verify(hash, password));
  if (!hash.has_value()) return LinkRejected();
  return matches ? absl::OkStatus() : CredentialsRejected();
}

absl::StatusOr<bool> PasswordCheck::Verify(const std::optional<std::string>& hash,
                                           absl::string_view password) const {
  return hash.has_value() ? hasher_.Verify(*hash, password) : hasher_.VerifyUnknown(password);
}

absl::Status ForgetAttempts(db::Transaction& transaction, SecondFactorStore& factors,
                            AttemptCounter& attempts, const id::AccountId& account_id,
                            const Attempt& attempt) {
  ASSIGN_OR_RETURN(const bool has_second_factor, factors.IsEnabled(transaction, account_id));
  return has_second_factor ? absl::OkStatus() : attempts.Clear(transaction, attempt);
}

}  // namespace portal::identity
