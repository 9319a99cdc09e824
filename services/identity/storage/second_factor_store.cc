#include "services/identity/storage/second_factor_store.h"

#include <utility>

#include "libs/crypto/encoding.h"
#include "libs/status/status_macros.h"
#include "services/identity/domain/errors.h"
#include "services/identity/domain/limits.h"
#include "services/identity/storage/queries.h"

namespace portal::identity {
namespace {

std::optional<SecondFactor> ToSecondFactor(const db::Rows& rows) {
  const std::optional<db::Row> row = rows.AtMostOne();
  if (!row.has_value()) return std::nullopt;
  return SecondFactor{.sealed_secret = row->Bytes("sealed_secret"),
                      .confirmed_at = row->OptionalTime("confirmed_us"),
                      .last_step = row->Int64("last_step"),
                      .removal_at = row->OptionalTime("removal_us"),
                      .recovery_codes_left = static_cast<int>(row->Int64("codes_left"))};
}

}  // namespace

absl::StatusOr<std::optional<SecondFactor>> SecondFactorStore::Find(
    const db::CallOptions& call, const id::AccountId& account_id) {
  return pool_.Read(call, [&](db::Session& session) -> absl::StatusOr<std::optional<SecondFactor>> {
    return ToSecondFactor(session.Exec(queries::kGetSecondFactor, account_id));
  });
}

absl::StatusOr<bool> SecondFactorStore::IsEnabled(db::Transaction& transaction,
                                                  const id::AccountId& account_id) {
  const std::optional<SecondFactor> factor =
      ToSecondFactor(transaction.Exec(queries::kGetSecondFactor, account_id));
  return factor.has_value() && factor->confirmed_at.has_value();
}

absl::StatusOr<std::optional<SecondFactor>> SecondFactorStore::Lock(
    db::Transaction& transaction, const id::AccountId& account_id) {
  return ToSecondFactor(transaction.Exec(queries::kLockSecondFactor, account_id));
}

absl::StatusOr<bool> SecondFactorStore::Begin(db::Transaction& transaction,
                                              const id::AccountId& account_id,
                                              absl::string_view sealed_secret) {
  return !transaction
              .Exec(queries::kBeginSecondFactor, account_id, db::Bytes{std::string(sealed_secret)})
              .empty();
}

absl::Status SecondFactorStore::Confirm(db::Transaction& transaction,
                                        const id::AccountId& account_id, absl::Time now) {
  transaction.Exec(queries::kConfirmSecondFactor, account_id, now);
  return absl::OkStatus();
}

absl::StatusOr<bool> SecondFactorStore::UseStep(db::Transaction& transaction,
                                                const id::AccountId& account_id, int64_t step,
                                                absl::string_view sealed_secret) {
  return transaction
             .Exec(queries::kUseTotpStep, account_id, step, db::Bytes{std::string(sealed_secret)})
             .affected() == 1;
}

absl::StatusOr<bool> SecondFactorStore::UseRecoveryCode(db::Transaction& transaction,
                                                        const id::AccountId& account_id,
                                                        absl::string_view code_hash) {
  return transaction.Exec(queries::kUseRecoveryCode, account_id, db::Bytes{std::string(code_hash)})
             .affected() == 1;
}

absl::Status SecondFactorStore::PutRecoveryCodes(db::Transaction& transaction,
                                                 const id::AccountId& account_id,
                                                 const std::vector<std::string>& code_hashes) {
  std::vector<std::string> hex;
  for (const std::string& hash : code_hashes) hex.push_back(crypto::HexEncode(hash));
  transaction.Exec(queries::kDeleteRecoveryCodes, account_id);
  transaction.Exec(queries::kInsertRecoveryCodes, account_id, hex);
  return absl::OkStatus();
}

absl::StatusOr<bool> SecondFactorStore::Remove(db::Transaction& transaction,
                                               const id::AccountId& account_id) {
  const std::optional<db::Row> row =
      transaction.Exec(queries::kDeleteSecondFactor, account_id).AtMostOne();
  if (!row.has_value() || !row->Bool("was_confirmed")) return false;
  transaction.Exec(queries::kUnproveSessions, account_id);
  return true;
}

absl::StatusOr<bool> SecondFactorStore::PutRemovalCode(db::Transaction& transaction,
                                                       const id::AccountId& account_id,
                                                       absl::string_view sealed_code,
                                                       absl::Time expires_at) {
  return !transaction
              .Exec(queries::kPutRemovalCode, account_id, db::Bytes{std::string(sealed_code)},
                    expires_at)
              .empty();
}

absl::StatusOr<std::optional<std::string>> SecondFactorStore::TryRemovalCode(
    const db::CallOptions& call, const id::AccountId& account_id, absl::Time now) {
  return pool_.Execute(
      call, [&](db::Session& session) -> absl::StatusOr<std::optional<std::string>> {
        const std::optional<db::Row> row =
            session.Exec(queries::kCountRemovalCodeTry, account_id, now, kTriesPerMailboxCode)
                .AtMostOne();
        if (!row.has_value()) return std::nullopt;
        return row->Bytes("removal_code");
      });
}

absl::StatusOr<bool> SecondFactorStore::UseRemovalCode(db::Transaction& transaction,
                                                       const id::AccountId& account_id,
                                                       absl::string_view sealed_code) {
  return !transaction
              .Exec(queries::kUseRemovalCode, account_id, db::Bytes{std::string(sealed_code)})
              .empty();
}

absl::StatusOr<bool> SecondFactorStore::BeginRemoval(db::Transaction& transaction,
                                                     const id::AccountId& account_id,
                                                     absl::Time removal_at,
                                                     absl::string_view token_hash, absl::Time now) {
  return !transaction
              .Exec(queries::kBeginSecondFactorRemoval, account_id, removal_at,
                    db::Bytes{std::string(token_hash)}, now - kRemovalWindow)
              .empty();
}

absl::StatusOr<std::optional<id::AccountId>> SecondFactorStore::CancelRemoval(
    db::Transaction& transaction, absl::string_view token_hash) {
  const std::optional<db::Row> row =
      transaction.Exec(queries::kCancelSecondFactorRemoval, db::Bytes{std::string(token_hash)})
          .AtMostOne();
  if (!row.has_value()) return std::nullopt;
  return row->Id<id::AccountId>("account_id");
}

absl::StatusOr<bool> SecondFactorStore::CompleteRemoval(db::Transaction& transaction,
                                                        const id::AccountId& account_id,
                                                        absl::Time now) {
  const bool removed =
      !transaction
           .Exec(queries::kCompleteSecondFactorRemoval, account_id, now, now - kRemovalWindow)
           .empty();
  if (removed) transaction.Exec(queries::kUnproveSessions, account_id);
  return removed;
}

absl::Status ChallengeStore::Put(db::Transaction& transaction, absl::string_view token_hash,
                                 const Challenge& challenge, absl::Time expires_at) {
  transaction.Exec(queries::kInsertChallenge, db::Bytes{std::string(token_hash)},
                   challenge.account_id, challenge.device, challenge.device_id, expires_at);
  return absl::OkStatus();
}

absl::StatusOr<Challenge> ChallengeStore::Find(const db::CallOptions& call,
                                               absl::string_view token_hash, absl::Time now) {
  return pool_.Read(call, [&](db::Session& session) -> absl::StatusOr<Challenge> {
    const std::optional<db::Row> row =
        session.Exec(queries::kGetChallenge, db::Bytes{std::string(token_hash)}, now).AtMostOne();
    if (!row.has_value()) return ChallengeRejected();
    ASSIGN_OR_RETURN(Email email, Email::Parse("email", row->Text("email")));
    return Challenge{.account_id = row->Id<id::AccountId>("account_id"),
                     .contact = {.email = std::move(email), .language = row->Text("language")},
                     .device = row->Text("device"),
                     .device_id = row->OptionalId<DeviceId>("device_id")};
  });
}

absl::Status ChallengeStore::Use(db::Transaction& transaction, absl::string_view token_hash,
                                 absl::Time now) {
  const bool used =
      !transaction.Exec(queries::kUseChallenge, db::Bytes{std::string(token_hash)}, now).empty();
  return used ? absl::OkStatus() : ChallengeRejected();
}

absl::Status ChallengeStore::Void(db::Transaction& transaction, const id::AccountId& account_id) {
  transaction.Exec(queries::kDeleteChallenges, account_id);
  return absl::OkStatus();
}

}  // namespace portal::identity
