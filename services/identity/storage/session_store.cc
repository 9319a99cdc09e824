#include "services/identity/storage/session_store.h"

#include <string>
#include <utility>

#include "services/identity/domain/limits.h"
#include "services/identity/storage/queries.h"

namespace portal::identity {
namespace {

Session WithoutMemberships(const db::Row& row) {
  return {.session_id = row.Id<id::SessionId>("session_id"),
          .account_id = row.Id<id::AccountId>("account_id"),
          .email = row.Text("email"),
          .created_at = row.Time("created_us"),
          .last_seen_at = row.Time("last_seen_us"),
          .expires_at = row.Time("expires_us"),
          .ended_at = row.OptionalTime("ended_us"),
          .device = row.Text("device"),
          .second_factor_at = row.OptionalTime("second_factor_us")};
}

// One row for each membership, or a single one without.
std::optional<Session> ToSession(const db::Rows& rows) {
  if (rows.empty()) return std::nullopt;
  const db::Row first = rows[0];
  Session session = WithoutMemberships(first);
  if (first.IsNull("clinic_id")) return session;
  for (const db::Row row : rows) {
    session.memberships.push_back({.clinic_id = row.Id<id::ClinicId>("clinic_id"),
                                   .clinic_display_name = row.Text("clinic_display_name"),
                                   .display_name = row.Text("display_name"),
                                   .roles = StaffRoles::FromBits(row.Int64("roles")),
                                   .second_factor_needed = row.Bool("second_factor_needed")});
  }
  return session;
}

}  // namespace

absl::Status SessionStore::Open(db::Transaction& transaction, const NewSession& session) {
  transaction.Exec(queries::kEndOldestSessions, session.account_id, kMaxSessions - 1,
                   session.created_at);
  transaction.Exec(queries::kInsertSession, session.session_id, session.account_id,
                   db::Bytes{session.token_hash}, session.created_at, session.expires_at,
                   session.device, session.device_id, session.second_factor_at);
  return absl::OkStatus();
}

absl::StatusOr<bool> SessionStore::MarkFirstSignIn(db::Transaction& transaction,
                                                   const id::AccountId& account_id,
                                                   absl::Time now) {
  return !transaction.Exec(queries::kMarkFirstSignIn, account_id, now).empty();
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

absl::StatusOr<std::vector<Session>> SessionStore::List(const db::CallOptions& call,
                                                        const id::AccountId& account_id,
                                                        absl::Time now, absl::Time idle_since,
                                                        const std::optional<id::SessionId>& before,
                                                        int limit) {
  // Above every id.
  static const id::SessionId kNewest(*id::Uuid::Parse("ffffffff-ffff-ffff-ffff-ffffffffffff"));
  return pool_.Read(call, [&](db::Session& session) -> absl::StatusOr<std::vector<Session>> {
    std::vector<Session> sessions;
    for (const db::Row row : session.Exec(queries::kListSessions, account_id, now, idle_since,
                                          before.value_or(kNewest), limit)) {
      sessions.push_back(WithoutMemberships(row));
    }
    return sessions;
  });
}

absl::Status SessionStore::Prove(db::Transaction& transaction, const id::SessionId& session_id,
                                 const id::AccountId& account_id, absl::Time now) {
  transaction.Exec(queries::kProveSession, session_id, account_id, now);
  return absl::OkStatus();
}

absl::StatusOr<int64_t> SessionStore::EndAll(db::Transaction& transaction,
                                             const id::AccountId& account_id,
                                             const std::optional<id::SessionId>& except,
                                             absl::Time now) {
  return transaction.Exec(queries::kEndSessions, account_id, except, now).affected();
}

bool SessionStore::HasSecondFactor(db::Transaction& transaction, const id::SessionId& session_id) {
  return !transaction.Exec(queries::kGetSecondFactorSession, session_id).empty();
}

absl::StatusOr<bool> SessionStore::End(db::Transaction& transaction,
                                       const id::SessionId& session_id,
                                       const id::AccountId& account_id, absl::Time now) {
  return transaction.Exec(queries::kEndSession, session_id, account_id, now).affected() == 1;
}

}  // namespace portal::identity
