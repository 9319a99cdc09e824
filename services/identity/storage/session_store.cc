#include "services/identity/storage/session_store.h"

#include <string>
#include <utility>

#include "services/identity/domain/limits.h"
#include "services/identity/storage/queries.h"

namespace portal::identity {
namespace {

// One row for each membership, or a single one without.
std::optional<Session> ToSession(const db::Rows& rows) {
  if (rows.empty()) return std::nullopt;
  const db::Row first = rows[0];
  Session session = {.session_id = first.Id<id::SessionId>("session_id"),
                     .account_id = first.Id<id::AccountId>("account_id"),
                     .email = first.Text("email"),
                     .created_at = first.Time("created_us"),
                     .last_seen_at = first.Time("last_seen_us"),
                     .expires_at = first.Time("expires_us"),
                     .ended_at = first.OptionalTime("ended_us")};
  if (first.IsNull("clinic_id")) return session;
  for (const db::Row row : rows) {
    session.memberships.push_back({.clinic_id = row.Id<id::ClinicId>("clinic_id"),
                                   .clinic_display_name = row.Text("clinic_display_name"),
                                   .display_name = row.Text("display_name"),
                                   .roles = StaffRoles::FromBits(row.Int64("roles"))});
  }
  return session;
}

}  // namespace

absl::Status SessionStore::Open(db::Transaction& transaction, const id::SessionId& session_id,
                                const id::AccountId& account_id, absl::string_view token_hash,
                                absl::Time now, absl::Time expires_at) {
  transaction.Exec(queries::kInsertSession, session_id, account_id,
                   db::Bytes{std::string(token_hash)}, now, expires_at);
  return absl::OkStatus();
}

absl::StatusOr<std::optional<Session>> SessionStore::Find(const db::CallOptions& call,
                                                          const id::SessionId& session_id) {
  return pool_.Read(call, [&](db::Session& session) { return Find(session, session_id); });
}

absl::StatusOr<std::optional<Session>> SessionStore::Find(db::Session& session,
                                                          const id::SessionId& session_id) {
  return ToSession(session.Exec(queries::kGetSession, session_id, kMaxMemberships));
}

absl::StatusOr<std::optional<Session>> SessionStore::FindByToken(const db::CallOptions& call,
                                                                 absl::string_view token_hash) {
  return pool_.Read(call, [&](db::Session& session) -> absl::StatusOr<std::optional<Session>> {
    return ToSession(session.Exec(queries::kGetSessionByToken, db::Bytes{std::string(token_hash)},
                                  kMaxMemberships));
  });
}

absl::Status SessionStore::Touch(const db::CallOptions& call, const id::SessionId& session_id,
                                 absl::Time now, absl::Time not_since) {
  return pool_.Execute(call, [&](db::Session& session) {
    session.Exec(queries::kTouchSession, session_id, now, not_since);
    return absl::OkStatus();
  });
}

absl::StatusOr<bool> SessionStore::End(db::Transaction& transaction,
                                       const id::SessionId& session_id,
                                       const id::AccountId& account_id, absl::Time now) {
  return transaction.Exec(queries::kEndSession, session_id, account_id, now).affected() == 1;
}

}  // namespace portal::identity
