#ifndef SERVICES_IDENTITY_STORAGE_SESSION_STORE_H_
#define SERVICES_IDENTITY_STORAGE_SESSION_STORE_H_

#include <optional>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "libs/db/pool.h"
#include "libs/id/ids.h"
#include "services/identity/domain/session.h"

namespace portal::identity {

// Sessions, live and ended: which is which, the domain says. Thread-safe.
class SessionStore {
 public:
  explicit SessionStore(db::Pool& pool) : pool_(pool) {}

  // `token_hash`: SHA-256 of the session's token.
  absl::Status Open(db::Transaction& transaction, const id::SessionId& session_id,
                    const id::AccountId& account_id, absl::string_view token_hash, absl::Time now,
                    absl::Time expires_at);

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

  // Returns whether the session was open until now.
  absl::StatusOr<bool> End(db::Transaction& transaction, const id::SessionId& session_id,
                           const id::AccountId& account_id, absl::Time now);

 private:
  db::Pool& pool_;
};

}  // namespace portal::identity

#endif  // SERVICES_IDENTITY_STORAGE_SESSION_STORE_H_
