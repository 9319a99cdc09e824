#ifndef SERVICES_IDENTITY_STORAGE_ACCOUNT_STORE_H_
#define SERVICES_IDENTITY_STORAGE_ACCOUNT_STORE_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "libs/db/pool.h"
#include "libs/id/ids.h"
#include "services/identity/domain/email.h"
#include "services/identity/domain/language.h"
#include "services/identity/domain/terms.h"

namespace portal::identity {

struct Account {
  id::AccountId account_id;
  // As the person wrote it.
  std::string email;
  absl::Time created_at;
  // BCP 47, "en" or "fr".
  std::string language;
  // None if it agreed to no terms yet.
  std::optional<TermsConsent> terms;
};

// Where an account's owner is told things.
struct AccountContact {
  Email email;
  // BCP 47, "en" or "fr".
  std::string language;
};

// An account and the hash of its password; empty if none was chosen yet.
struct AccountCredentials {
  id::AccountId account_id;
  std::string password_hash;
};

// What a password given for an e-mail address is compared with. An address may have either, both or
// neither.
struct Credentials {
  std::optional<AccountCredentials> account;
  // Of the newest sign-up, whose mailbox is not proven.
  std::optional<std::string> sign_up_password_hash;
};

// An account of a mailbox that was proven.
struct JoinedAccount {
  id::AccountId account_id;
  // Whether it was made for this.
  bool is_new;
};

// Asked for, not proven yet.
struct SignUp {
  Email email;
  std::string password_hash;
  // SHA-256 of the link's token.
  std::string token_hash;
  absl::Time created_at;
  absl::Time expires_at;
  // What the account begins with.
  std::string language = kDefaultLanguage;
  // That was agreed to; none where there are no terms.
  std::optional<int> terms_version = {};
};

// Accounts, and the sign-ups that become accounts. Thread-safe.
class AccountStore {
 public:
  // `pool` outlives the store; so for all stores.
  explicit AccountStore(db::Pool& pool) : pool_(pool) {}

  // Does the same work for every address.
  absl::StatusOr<Credentials> FindCredentials(const db::CallOptions& call, const Email& email);

  // None if there is no such account, or it was closed.
  absl::StatusOr<std::optional<Account>> Find(const db::CallOptions& call,
                                              const id::AccountId& account_id);
  absl::StatusOr<std::optional<Account>> Find(db::Session& session,
                                              const id::AccountId& account_id);

  // Returns whether the account had another one.
  absl::StatusOr<bool> SetLanguage(db::Transaction& transaction, const id::AccountId& account_id,
                                   absl::string_view language);

  // Returns whether the account had not agreed to that version last.
  absl::StatusOr<bool> AcceptTerms(db::Transaction& transaction, const id::AccountId& account_id,
                                   const TermsConsent& consent);

  // Takes the place of an earlier sign-up for the address. Returns whether the address has an
  // account already: then nobody must get the link.
  absl::StatusOr<bool> PutSignUp(db::Transaction& transaction, const SignUp& sign_up);

  // Counts an attempt to use a link with a password, before the password is looked at, and returns
  // what to compare it with: the hash of the link's own sign-up. None if the token is unknown,
  // used, replaced, at `now` expired, or was tried kPasswordsPerLink times: of any number at once
  // no more get the hash.
  absl::StatusOr<std::optional<std::string>> CountLinkAttempt(const db::CallOptions& call,
                                                              absl::string_view token_hash,
                                                              absl::Time now);

  // Makes the account that the link belongs to, with the password of its own sign-up, which the
  // caller has compared. LINK_REJECTED if the token is unknown, used, replaced or, at `now`,
  // expired.
  absl::StatusOr<id::AccountId> Verify(db::Transaction& transaction, absl::string_view token_hash,
                                       const id::AccountId& new_account_id, absl::Time now);

  // Makes an account whose mailbox was proven in another way; a pending sign-up for the address is
  // void. CONTENTION if an account has come into being meanwhile: the caller looks again.
  absl::Status Create(db::Transaction& transaction, const id::AccountId& account_id,
                      const Email& email, absl::string_view password_hash, absl::Time now);

  // Keeps the account as it is until the transaction ends. CREDENTIALS_REJECTED if it was closed,
  // or its password, where one was verified, is not `password_hash` any more.
  absl::StatusOr<AccountContact> Lock(db::Transaction& transaction, const id::AccountId& account_id,
                                      const std::optional<std::string>& password_hash);

  // The account of a mailbox that was proven by a code: the one it has, or a new one without a
  // password. A pending sign-up for the address is void: nobody knows whose password it has.
  absl::StatusOr<JoinedAccount> Join(db::Transaction& transaction, const Email& email,
                                     absl::string_view language,
                                     const id::AccountId& new_account_id, absl::Time now);

  // A pending sign-up for the address is void.
  absl::Status VoidSignUp(db::Transaction& transaction, const Email& email);

  // Replaces the hash by one of the same password at another cost; does nothing if the password was
  // changed meanwhile.
  absl::Status Rehash(db::Transaction& transaction, const AccountCredentials& old,
                      absl::string_view password_hash);

 private:
  db::Pool& pool_;
};

}  // namespace portal::identity

#endif  // SERVICES_IDENTITY_STORAGE_ACCOUNT_STORE_H_
