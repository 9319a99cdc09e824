#ifndef SERVICES_IDENTITY_STORAGE_SESSION_STORE_H_
#define SERVICES_IDENTITY_STORAGE_SESSION_STORE_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "libs/db/pool.h"
#include "libs/id/ids.h"
#include "services/identity/domain/device.h"
#include "services/identity/domain/session.h"

namespace portal::identity {

// A session to be opened.
struct NewSession {
  id::SessionId session_id;
  id::AccountId account_id;
  // SHA-256 of the session's token.
  std::string token_hash;
  absl::Time created_at;
  absl::Time expires_at;
  // What people call the device, and what we know it by; see domain/device.h.
  std::string device = {};
  std::optional<DeviceId> device_id = {};
  std::optional<absl::Time> second_factor_at = {};
};

// Sessions, live and ended: which is which, the domain says. Thread-safe.
class SessionStore {
 public:
  explicit SessionStore(db::Pool& pool) : pool_(pool) {}

  // Ends the account's oldest session if it has kMaxSessions. The caller has locked the account.
  absl::Status Open(db::Transaction& transaction, const NewSession& session);

  // Notes a sign-in of the account; returns whether it is its first one.
  absl::StatusOr<bool> MarkFirstSignIn(db::Transaction& transaction,
                                       const id::AccountId& account_id, absl::Time now);

  // None if there is no such session; so below.
  absl::StatusOr<std::optional<Session>> Find(const db::CallOptions& call,
                                              const id::SessionId& session_id);
  absl::StatusOr<std::optional<Session>> Find(db::Session& session,
                                              const id::SessionId& session_id);
  absl::StatusOr<std::optional<Session>> FindByToken(const db::CallOptions& call,
                                                     absl::string_view token_hash);

  // Notes that the session was used at `now`, unless it ended, or was seen later than `not_since`.
  absl::Status Touch(const db::CallOptions& call, const id::SessionId& session_id, absl::Time now,
                     absl::Time not_since);

  // The account's sessions that are live at `now` and were used after `idle_since`, without
  // memberships, newest first: at most `limit` with ids below `before` (none: from the newest).
  absl::StatusOr<std::vector<Session>> List(const db::CallOptions& call,
                                            const id::AccountId& account_id, absl::Time now,
                                            absl::Time idle_since,
                                            const std::optional<id::SessionId>& before, int limit);

  // The session has proven the account's second factor at `now`.
  absl::Status Prove(db::Transaction& transaction, const id::SessionId& session_id,
                     const id::AccountId& account_id, absl::Time now);

  // Ends all of the account's sessions but `except`; returns how many were open until now.
  absl::StatusOr<int64_t> EndAll(db::Transaction& transaction, const id::AccountId& account_id,
                                 const std::optional<id::SessionId>& except, absl::Time now);
  // Whether the session proved a second factor.
  bool HasSecondFactor(db::Transaction& transaction, const id::SessionId& session_id);

  // Returns whether the session was open until now.
  absl::StatusOr<bool> End(db::Transaction& transaction, const id::SessionId& session_id,
                           const id::AccountId& account_id, absl::Time now);

 private:
  db::Pool& pool_;
};

}  // namespace portal::identity

#endif  // SERVICES_IDENTITY_STORAGE_SESSION_STORE_H_
