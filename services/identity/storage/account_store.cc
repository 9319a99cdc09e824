#include "services/identity/storage/account_store.h"

#include <utility>

#include "libs/status/errors.h"
#include "libs/status/status_macros.h"
#include "services/identity/domain/errors.h"
#include "services/identity/domain/limits.h"
#include "services/identity/storage/queries.h"

namespace portal::identity {

absl::StatusOr<Credentials> AccountStore::FindCredentials(const db::CallOptions& call,
                                                          const Email& email) {
  return pool_.Read(call, [&](db::Session& session) -> absl::StatusOr<Credentials> {
    const db::Row row = session.Exec(queries::kGetCredentials, email.normalized()).One();
    Credentials credentials;
    if (const auto account_id = row.OptionalId<id::AccountId>("account_id")) {
      credentials.account = {.account_id = *account_id,
                             .password_hash = row.OptionalText("password_hash").value_or("")};
    }
    credentials.sign_up_password_hash = row.OptionalText("sign_up_password_hash");
    return credentials;
  });
}

absl::StatusOr<std::optional<Account>> AccountStore::Find(const db::CallOptions& call,
                                                          const id::AccountId& account_id) {
  return pool_.Read(call, [&](db::Session& session) { return Find(session, account_id); });
}

absl::StatusOr<std::optional<Account>> AccountStore::Find(db::Session& session,
                                                          const id::AccountId& account_id) {
  const std::optional<db::Row> row = session.Exec(queries::kGetAccount, account_id).AtMostOne();
  if (!row.has_value()) return std::nullopt;
  Account account = {.account_id = row->Id<id::AccountId>("account_id"),
                     .email = row->Text("email"),
                     .created_at = row->Time("created_us"),
                     .language = row->Text("language")};
  if (!row->IsNull("terms_version")) {
    account.terms = {.version = static_cast<int>(row->Int64("terms_version")),
                     .accepted_at = row->Time("terms_accepted_us")};
  }
  return account;
}

absl::StatusOr<bool> AccountStore::SetLanguage(db::Transaction& transaction,
                                               const id::AccountId& account_id,
                                               absl::string_view language) {
  return !transaction.Exec(queries::kUpdateLanguage, account_id, language).empty();
}

absl::StatusOr<bool> AccountStore::AcceptTerms(db::Transaction& transaction,
                                               const id::AccountId& account_id,
                                               const TermsConsent& consent) {
  return !transaction.Exec(queries::kAcceptTerms, account_id, consent.version, consent.accepted_at)
              .empty();
}

absl::StatusOr<bool> AccountStore::PutSignUp(db::Transaction& transaction, const SignUp& sign_up) {
  return transaction
      .Exec(queries::kUpsertSignUp, sign_up.email.normalized(), sign_up.email.text(),
            sign_up.password_hash, db::Bytes{sign_up.token_hash}, sign_up.created_at,
            sign_up.expires_at, sign_up.language, sign_up.terms_version)
      .One()
      .Bool("has_account");
}

absl::StatusOr<std::optional<std::string>> AccountStore::CountLinkAttempt(
    const db::CallOptions& call, absl::string_view token_hash, absl::Time now) {
  return pool_.Execute(call,
                       [&](db::Session& session) -> absl::StatusOr<std::optional<std::string>> {
                         const std::optional<db::Row> row =
                             session
                                 .Exec(queries::kCountLinkAttempt,
                                       db::Bytes{std::string(token_hash)}, now, kPasswordsPerLink)
                                 .AtMostOne();
                         if (!row.has_value()) return std::nullopt;
                         return row->Text("password_hash");
                       });
}

absl::StatusOr<id::AccountId> AccountStore::Verify(db::Transaction& transaction,
                                                   absl::string_view token_hash,
                                                   const id::AccountId& new_account_id,
                                                   absl::Time now) {
  const std::optional<db::Row> row =
      transaction
          .Exec(queries::kVerifySignUp, db::Bytes{std::string(token_hash)}, new_account_id, now)
          .AtMostOne();
  if (!row.has_value()) return LinkRejected();
  return row->Id<id::AccountId>("account_id");
}

absl::Status AccountStore::Create(db::Transaction& transaction, const id::AccountId& account_id,
                                  const Email& email, absl::string_view password_hash,
                                  absl::Time now) {
  const bool created = !transaction
                            .Exec(queries::kInsertAccount, account_id, email.text(),
                                  email.normalized(), password_hash, now)
                            .empty();
  if (!created) return status::Contention();
  transaction.Exec(queries::kDeleteSignUp, email.normalized());
  return absl::OkStatus();
}

absl::StatusOr<AccountContact> AccountStore::Lock(db::Transaction& transaction,
                                                  const id::AccountId& account_id,
                                                  const std::optional<std::string>& password_hash) {
  const std::optional<db::Row> row =
      transaction.Exec(queries::kLockAccount, account_id, password_hash).AtMostOne();
  if (!row.has_value()) return CredentialsRejected();
  ASSIGN_OR_RETURN(Email email, Email::Parse("email", row->Text("email")));
  return AccountContact{.email = std::move(email), .language = row->Text("language")};
}

absl::StatusOr<JoinedAccount> AccountStore::Join(db::Transaction& transaction, const Email& email,
                                                 absl::string_view language,
                                                 const id::AccountId& new_account_id,
                                                 absl::Time now) {
  // First: a verification at the same time takes the same rows in the same order.
  transaction.Exec(queries::kDeleteSignUp, email.normalized());
  const bool is_new = !transaction
                           .Exec(queries::kInsertProvenAccount, new_account_id, email.text(),
                                 email.normalized(), language, now)
                           .empty();
  if (is_new) return JoinedAccount{.account_id = new_account_id, .is_new = true};
  const std::optional<db::Row> row =
      transaction.Exec(queries::kGetAccountByEmail, email.normalized()).AtMostOne();
  // It was there a moment ago: closed, or moved to another address.
  if (!row.has_value()) return status::Contention();
  return JoinedAccount{.account_id = row->Id<id::AccountId>("account_id"), .is_new = false};
}

absl::Status AccountStore::VoidSignUp(db::Transaction& transaction, const Email& email) {
  transaction.Exec(queries::kDeleteSignUp, email.normalized());
  return absl::OkStatus();
}

absl::Status AccountStore::Rehash(db::Transaction& transaction, const AccountCredentials& old,
                                  absl::string_view password_hash) {
  transaction.Exec(queries::kUpdatePasswordHash, old.account_id, old.password_hash, password_hash);
  return absl::OkStatus();
}

}  // namespace portal::identity
