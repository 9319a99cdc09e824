#ifndef SERVICES_IDENTITY_STORAGE_SERVICE_ACCOUNT_STORE_H_
#define SERVICES_IDENTITY_STORAGE_SERVICE_ACCOUNT_STORE_H_

#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "libs/db/pool.h"
#include "libs/id/ids.h"
#include "services/identity/domain/service_account.h"
#include "services/identity/domain/session.h"

namespace portal::identity {

// Service accounts, the hashes of their secrets, and their sessions, which have a table of their
// own: they belong to no person's account. Thread-safe.
class ServiceAccountStore {
 public:
  explicit ServiceAccountStore(db::Pool& pool) : pool_(pool) {}

  // `secret_hash`, here and below: SHA-256.
  absl::Status Create(db::Transaction& transaction, const ServiceAccount& account,
                      absl::string_view secret_hash);

  // A clinic's, in the order they were made, after the one with the id `after`.
  absl::StatusOr<std::vector<ServiceAccount>> List(const db::CallOptions& call,
                                                   const id::ClinicId& clinic_id,
                                                   const ServiceAccountId& after, int limit);

  // Gives it another secret at `now`; the one before is good until `overlap_ends_at` yet. Returns
  // it as it is then. SERVICE_ACCOUNT_NOT_FOUND, SERVICE_ACCOUNT_REVOKED.
  absl::StatusOr<ServiceAccount> Rotate(db::Transaction& transaction, const id::ClinicId& clinic_id,
                                        const ServiceAccountId& service_account_id,
                                        absl::string_view secret_hash, absl::Time now,
                                        absl::Time overlap_ends_at);

  struct Revocation {
    ServiceAccount account;
    // Whether it was in use until now.
    bool is_first;
  };
  // Ends it with its secrets and sessions. SERVICE_ACCOUNT_NOT_FOUND.
  absl::StatusOr<Revocation> Revoke(db::Transaction& transaction, const id::ClinicId& clinic_id,
                                    const ServiceAccountId& service_account_id, absl::Time now);

  // Whose secret it is at `now`; kept from being revoked until the transaction ends. None if the
  // secret is unknown or has expired, or its account was revoked.
  absl::StatusOr<std::optional<ServiceAccount>> LockBySecret(db::Transaction& transaction,
                                                             absl::string_view secret_hash,
                                                             absl::Time now);

  // `token_hash`: SHA-256.
  absl::Status OpenSession(db::Transaction& transaction, const id::SessionId& session_id,
                           const ServiceAccountId& service_account_id, absl::string_view token_hash,
                           absl::Time now, absl::Time expires_at);
  // None if there is no such session; whether it is live, the domain says.
  absl::StatusOr<std::optional<Session>> FindSession(const db::CallOptions& call,
                                                     absl::string_view token_hash);
  // As SessionStore::Touch.
  absl::Status TouchSession(const db::CallOptions& call, const id::SessionId& session_id,
                            absl::Time now, absl::Time not_since);

 private:
  db::Pool& pool_;
};

}  // namespace portal::identity

#endif  // SERVICES_IDENTITY_STORAGE_SERVICE_ACCOUNT_STORE_H_
