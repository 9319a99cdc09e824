#include "services/identity/storage/service_account_store.h"

#include <string>
#include <utility>

#include "libs/status/status_macros.h"
#include "services/identity/domain/errors.h"
#include "services/identity/domain/limits.h"
#include "services/identity/storage/queries.h"

namespace portal::identity {
namespace {

ServiceAccount ToServiceAccount(const db::Row& row) {
  return {.service_account_id = row.Id<ServiceAccountId>("service_account_id"),
          .clinic_id = row.Id<id::ClinicId>("clinic_id"),
          .display_name = row.Text("display_name"),
          .scopes = ServiceScopes::FromBits(row.Int64("scopes")),
          .created_at = row.Time("created_us"),
          .rotated_at = row.Time("rotated_us"),
          .revoked_at = row.OptionalTime("revoked_us")};
}

Session ToSession(const db::Row& row) {
  ServiceAccount account = ToServiceAccount(row);
  std::optional<absl::Time> ended_at = row.OptionalTime("ended_us");
  if (!ended_at.has_value()) ended_at = account.revoked_at;
  return {.session_id = row.Id<id::SessionId>("session_id"),
          .account_id = id::AccountId(account.service_account_id.uuid()),
          .created_at = row.Time("session_created_us"),
          .last_seen_at = row.Time("last_seen_us"),
          .expires_at = row.Time("expires_us"),
          .ended_at = ended_at,
          .service_account = std::move(account)};
}

db::Bytes Bytes(absl::string_view hash) { return db::Bytes{std::string(hash)}; }

absl::StatusOr<ServiceAccount> Lock(db::Transaction& transaction, const id::ClinicId& clinic_id,
                                    const ServiceAccountId& service_account_id) {
  const db::Rows rows =
      transaction.Exec(queries::kLockServiceAccount, clinic_id, service_account_id);
  const std::optional<db::Row> row = rows.AtMostOne();
  if (!row.has_value()) return ServiceAccountNotFound();
  return ToServiceAccount(*row);
}

}  // namespace

absl::Status ServiceAccountStore::Create(db::Transaction& transaction,
                                         const ServiceAccount& account,
                                         absl::string_view secret_hash) {
  transaction.Exec(queries::kInsertServiceAccount, account.service_account_id, account.clinic_id,
                   account.display_name, account.scopes.bits(), account.created_at);
  transaction.Exec(queries::kInsertServiceAccountSecret, Bytes(secret_hash),
                   account.service_account_id, account.created_at);
  return absl::OkStatus();
}

absl::StatusOr<std::vector<ServiceAccount>> ServiceAccountStore::List(const db::CallOptions& call,
                                                                      const id::ClinicId& clinic_id,
                                                                      const ServiceAccountId& after,
                                                                      int limit) {
  return pool_.Read(call, [&](db::Session& session) -> absl::StatusOr<std::vector<ServiceAccount>> {
    std::vector<ServiceAccount> accounts;
    for (const db::Row row : session.Exec(queries::kListServiceAccounts, clinic_id, after, limit)) {
      accounts.push_back(ToServiceAccount(row));
    }
    return accounts;
  });
}

absl::StatusOr<ServiceAccount> ServiceAccountStore::Rotate(
    db::Transaction& transaction, const id::ClinicId& clinic_id,
    const ServiceAccountId& service_account_id, absl::string_view secret_hash, absl::Time now,
    absl::Time overlap_ends_at) {
  ASSIGN_OR_RETURN(ServiceAccount account, Lock(transaction, clinic_id, service_account_id));
  if (account.revoked_at.has_value()) return ServiceAccountRevoked();
  transaction.Exec(queries::kExpireServiceAccountSecrets, service_account_id, overlap_ends_at, now);
  transaction.Exec(queries::kInsertServiceAccountSecret, Bytes(secret_hash), service_account_id,
                   now);
  transaction.Exec(queries::kRotateServiceAccount, service_account_id, now);
  account.rotated_at = now;
  return account;
}

absl::StatusOr<ServiceAccountStore::Revocation> ServiceAccountStore::Revoke(
    db::Transaction& transaction, const id::ClinicId& clinic_id,
    const ServiceAccountId& service_account_id, absl::Time now) {
  ASSIGN_OR_RETURN(ServiceAccount account, Lock(transaction, clinic_id, service_account_id));
  const bool is_first = !account.revoked_at.has_value();
  if (is_first) {
    transaction.Exec(queries::kRevokeServiceAccount, service_account_id, now);
    transaction.Exec(queries::kExpireServiceAccountSecrets, service_account_id, now, now);
    transaction.Exec(queries::kEndServiceAccountSessions, service_account_id, now);
    account.revoked_at = now;
  }
  return Revocation{.account = std::move(account), .is_first = is_first};
}

absl::StatusOr<std::optional<ServiceAccount>> ServiceAccountStore::LockBySecret(
    db::Transaction& transaction, absl::string_view secret_hash, absl::Time now) {
  const db::Rows rows =
      transaction.Exec(queries::kLockServiceAccountBySecret, Bytes(secret_hash), now);
  const std::optional<db::Row> row = rows.AtMostOne();
  if (!row.has_value()) return std::nullopt;
  return ToServiceAccount(*row);
}

absl::Status ServiceAccountStore::OpenSession(db::Transaction& transaction,
                                              const id::SessionId& session_id,
                                              const ServiceAccountId& service_account_id,
                                              absl::string_view token_hash, absl::Time now,
                                              absl::Time expires_at) {
  transaction.Exec(queries::kEndOldestServiceAccountSessions, service_account_id, kMaxSessions - 1,
                   now);
  transaction.Exec(queries::kInsertServiceAccountSession, session_id, service_account_id,
                   Bytes(token_hash), now, expires_at);
  return absl::OkStatus();
}

absl::StatusOr<std::optional<Session>> ServiceAccountStore::FindSession(
    const db::CallOptions& call, absl::string_view token_hash) {
  return pool_.Read(call, [&](db::Session& session) -> absl::StatusOr<std::optional<Session>> {
    const db::Rows rows =
        session.Exec(queries::kGetServiceAccountSessionByToken, Bytes(token_hash));
    const std::optional<db::Row> row = rows.AtMostOne();
    if (!row.has_value()) return std::nullopt;
    return ToSession(*row);
  });
}

absl::Status ServiceAccountStore::TouchSession(const db::CallOptions& call,
                                               const id::SessionId& session_id, absl::Time now,
                                               absl::Time not_since) {
  return pool_.Execute(call, [&](db::Session& session) {
    session.Exec(queries::kTouchServiceAccountSession, session_id, now, not_since);
    return absl::OkStatus();
  });
}

}  // namespace portal::identity
