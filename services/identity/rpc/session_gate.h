#ifndef SERVICES_IDENTITY_RPC_SESSION_GATE_H_
#define SERVICES_IDENTITY_RPC_SESSION_GATE_H_

#include <optional>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "libs/db/pool.h"
#include "services/identity/rpc/dependencies.h"
#include "services/identity/rpc/passport_desk.h"
#include "services/identity/storage/service_account_store.h"
#include "services/identity/storage/session_store.h"

namespace portal::identity {

// Looks a session up by its token, at each request of a client, and vouches for it. Thread-safe.
class SessionGate {
 public:
  explicit SessionGate(const Dependencies& dependencies)
      : deps_(dependencies),
        sessions_(dependencies.pool),
        service_accounts_(dependencies.pool),
        passports_(dependencies.passport_issuer) {}

  // The passport of the session that `token` opens, an account's or a service account's, whose use
  // this is. SESSION_ENDED: malformed or unknown token, ended or expired session.
  absl::StatusOr<PassportDesk::Issued> Admit(const db::CallOptions& call, absl::string_view token);

 private:
  absl::StatusOr<std::optional<Session>> Find(const db::CallOptions& call, absl::string_view token);
  absl::Status Touch(const db::CallOptions& call, const Session& session, absl::Time now);

  const Dependencies deps_;
  SessionStore sessions_;
  ServiceAccountStore service_accounts_;
  PassportDesk passports_;
};

}  // namespace portal::identity

#endif  // SERVICES_IDENTITY_RPC_SESSION_GATE_H_
