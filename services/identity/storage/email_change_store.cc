#include "services/identity/storage/email_change_store.h"

#include <optional>
#include <utility>

#include "libs/status/status_macros.h"
#include "services/identity/domain/errors.h"
#include "services/identity/storage/queries.h"

namespace portal::identity {

absl::StatusOr<bool> EmailChangeStore::Put(db::Transaction& transaction,
                                           const PendingEmailChange& pending) {
  return transaction
      .Exec(queries::kUpsertEmailChange, pending.account_id, pending.email.text(),
            pending.email.normalized(), pending.session_id, db::Bytes{pending.token_hash},
            pending.expires_at)
      .One()
      .Bool("taken");
}

absl::StatusOr<EmailChangeStore::Moved> EmailChangeStore::Move(db::Transaction& transaction,
                                                               absl::string_view token_hash,
                                                               absl::Time now) {
  const db::Bytes token{std::string(token_hash)};
  const std::optional<db::Row> found =
      transaction.Exec(queries::kGetEmailChange, token, now).AtMostOne();
  if (!found.has_value()) return LinkRejected();
  const auto account_id = found->Id<id::AccountId>("account_id");
  // The account's row first, as whoever ends the change takes it; of two uses at once the second
  // finds no link.
  const std::optional<db::Row> account =
      transaction.Exec(queries::kLockAccount, account_id, std::optional<std::string>()).AtMostOne();
  const std::optional<db::Row> used =
      transaction.Exec(queries::kUseEmailChange, account_id, token).AtMostOne();
  if (!account.has_value() || !used.has_value()) return LinkRejected();
  ASSIGN_OR_RETURN(const Email after, Email::Parse("email", used->Text("email")));
  // Before the address is taken: a verification at the same time does these two in this order.
  transaction.Exec(queries::kDeleteSignUp, after.normalized());
  transaction.Exec(queries::kMoveAccount, account_id, after.text(), after.normalized());
  ASSIGN_OR_RETURN(Email before, Email::Parse("email", account->Text("email")));
  return Moved{.account_id = account_id,
               .before = {.email = std::move(before), .language = account->Text("language")},
               .session_id = used->Id<id::SessionId>("session_id")};
}

absl::Status EmailChangeStore::Void(db::Transaction& transaction, const id::AccountId& account_id) {
  transaction.Exec(queries::kDeleteEmailChange, account_id);
  return absl::OkStatus();
}

}  // namespace portal::identity
