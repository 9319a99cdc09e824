#ifndef SERVICES_IDENTITY_RPC_PASSWORD_CHECK_H_
#define SERVICES_IDENTITY_RPC_PASSWORD_CHECK_H_

#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "libs/crypto/password.h"
#include "libs/db/pool.h"
#include "libs/id/ids.h"
#include "services/identity/domain/device.h"
#include "services/identity/domain/email.h"
#include "services/identity/storage/account_store.h"
#include "services/identity/storage/attempt_counter.h"
#include "services/identity/storage/password_store.h"
#include "services/identity/storage/second_factor_store.h"

namespace portal::identity {

// Whose password it was; nobody's if both are unset.
struct PasswordMatch {
  std::optional<AccountCredentials> account;
  // That of a sign-up whose mailbox is not proven.
  bool sign_up = false;
};

// Compares a password with what an e-mail address has, giving nothing away.
//
// The attempt is counted before the password is looked at. One that is locked, unknown or wrong
// costs the same: two Argon2id evaluations, one for the account and one for the sign-up that an
// address may have. Both are needed: if a sign-up's password counted only where there is no
// account, signing up and then signing in would tell whether there is one.
class PasswordCheck {
 public:
  PasswordCheck(const crypto::PasswordHasher& hasher, AccountStore& accounts,
                AttemptCounter& attempts)
      : hasher_(hasher), accounts_(accounts), attempts_(attempts) {}

  // Takes as long as hashing; for the password lane. `known_device`: that the address's account was
  // used from before.
  absl::StatusOr<PasswordMatch> Check(const db::CallOptions& call, const Email& email,
                                      absl::string_view password,
                                      const std::optional<DeviceId>& known_device = std::nullopt);

  // Compares a password with that of a signed-in account: OK or CREDENTIALS_REJECTED, at the cost
  // of one Argon2id evaluation. Counted with the attempts at signing in, before it is looked at.
  absl::Status CheckOwner(const db::CallOptions& call, const Owner& owner,
                          absl::string_view password);

  // Compares a password with that of the sign-up a link belongs to: OK, LINK_REJECTED or
  // CREDENTIALS_REJECTED, at the cost of one Argon2id evaluation each. Counted before it is looked
  // at; see AccountStore::CountLinkAttempt.
  absl::Status CheckLink(const db::CallOptions& call, absl::string_view token_hash,
                         absl::string_view password, absl::Time now);

 private:
  // An absent hash costs as much as one that does not match.
  absl::StatusOr<bool> Verify(const std::optional<std::string>& hash,
                              absl::string_view password) const;

  const crypto::PasswordHasher& hasher_;
  AccountStore& accounts_;
  AttemptCounter& attempts_;
};

// The attempts at an account, or at what an address may have: all secrets that open it count
// together. Those from a known device count apart, so that strangers do not lock it out.
Attempt SignInAttempt(const Email& email,
                      const std::optional<DeviceId>& known_device = std::nullopt);

// Forgets the attempts at an account whose password or mailbox was proven, and nothing else. If it
// has a second factor they stay: guesses at that count with them, and would otherwise be renewed by
// each proof of the first.
absl::Status ForgetAttempts(db::Transaction& transaction, SecondFactorStore& factors,
                            AttemptCounter& attempts, const id::AccountId& account_id,
                            const Attempt& attempt);

}  // namespace portal::identity

#endif  // SERVICES_IDENTITY_RPC_PASSWORD_CHECK_H_
