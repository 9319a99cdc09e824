#include "services/identity/storage/password_store.h"

#include <utility>

#include "libs/status/status_macros.h"
#include "services/identity/domain/errors.h"
#include "services/identity/storage/queries.h"

namespace portal::identity {

absl::StatusOr<std::optional<Owner>> PasswordStore::FindOwner(const db::CallOptions& call,
                                                              const id::SessionId& session_id,
                                                              const id::AccountId& account_id,
                                                              const SessionLimits& limits,
                                                              absl::Time now) {
  return pool_.Read(call, [&](db::Session& session) -> absl::StatusOr<std::optional<Owner>> {
    const std::optional<db::Row> row =
        session.Exec(queries::kGetOwner, session_id, account_id, now, now - limits.idle)
            .AtMostOne();
    if (!row.has_value()) return std::nullopt;
    ASSIGN_OR_RETURN(Email email, Email::Parse("email", row->Text("email")));
    return Owner{.account_id = row->Id<id::AccountId>("account_id"),
                 .contact = {.email = std::move(email), .language = row->Text("language")},
                 .password_hash = row->OptionalText("password_hash"),
                 .device_id = row->OptionalId<DeviceId>("device_id")};
  });
}

absl::StatusOr<bool> PasswordStore::Replace(db::Transaction& transaction,
                                            const id::AccountId& account_id,
                                            absl::string_view old_hash,
                                            absl::string_view new_hash) {
  return transaction.Exec(queries::kReplacePassword, account_id, old_hash, new_hash).affected() ==
         1;
}

absl::StatusOr<PasswordStore::ResetRecipient> PasswordStore::PutReset(db::Transaction& transaction,
                                                                      const Email& email,
                                                                      absl::string_view token_hash,
                                                                      absl::Time expires_at) {
  const db::Row row = transaction
                          .Exec(queries::kUpsertPasswordReset, email.normalized(),
                                db::Bytes{std::string(token_hash)}, expires_at)
                          .One();
  ASSIGN_OR_RETURN(Email address,
                   Email::Parse("email", row.OptionalText("email").value_or(email.text())));
  return ResetRecipient{.has_account = !row.IsNull("email"),
                        .contact = {.email = std::move(address),
                                    .language = row.OptionalText("language").value_or("en")}};
}

absl::StatusOr<bool> PasswordStore::HasReset(const db::CallOptions& call,
                                             absl::string_view token_hash, absl::Time now) {
  return pool_.Read(call, [&](db::Session& session) -> absl::StatusOr<bool> {
    return !session.Exec(queries::kGetPasswordReset, db::Bytes{std::string(token_hash)}, now)
                .empty();
  });
}

absl::StatusOr<ResetAccount> PasswordStore::Reset(db::Transaction& transaction,
                                                  absl::string_view token_hash,
                                                  absl::string_view new_hash, absl::Time now) {
  const std::optional<db::Row> row =
      transaction
          .Exec(queries::kUsePasswordReset, db::Bytes{std::string(token_hash)}, now, new_hash)
          .AtMostOne();
  if (!row.has_value()) return LinkRejected();
  ASSIGN_OR_RETURN(Email email, Email::Parse("email", row->Text("email")));
  return ResetAccount{.account_id = row->Id<id::AccountId>("account_id"),
                      .contact = {.email = std::move(email), .language = row->Text("language")}};
}

absl::Status PasswordStore::VoidReset(db::Transaction& transaction,
                                      const id::AccountId& account_id) {
  transaction.Exec(queries::kDeletePasswordResets, account_id);
  return absl::OkStatus();
}

}  // namespace portal::identity
