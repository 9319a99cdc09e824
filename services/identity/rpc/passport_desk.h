#ifndef SERVICES_IDENTITY_RPC_PASSPORT_DESK_H_
#define SERVICES_IDENTITY_RPC_PASSPORT_DESK_H_

#include <cstddef>
#include <list>
#include <mutex>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "libs/auth/passport.h"
#include "libs/auth/passport_token.h"
#include "libs/id/ids.h"
#include "services/identity/domain/session.h"

namespace portal::identity {

// Hands out passports for sessions that were just found live, the same one for half of its life:
// signing costs as much as the rest of the call, and every service remembers the passports it has
// checked. What a passport says is compared with the session each time, so a change of roles shows
// at once. Thread-safe.
class PassportDesk {
 public:
  // At most `capacity` passports are remembered; the least recently issued one makes room.
  explicit PassportDesk(const auth::PassportIssuer& issuer, size_t capacity = 10'000)
      : issuer_(issuer), capacity_(capacity) {}

  struct Issued {
    std::string token;
    absl::Time expires_at;
  };

  Issued Issue(const Session& session, absl::Time now);

 private:
  struct Remembered {
    auth::Passport passport;
    std::string token;
  };
  using Position = std::list<Remembered>::iterator;

  const auth::PassportIssuer& issuer_;
  const size_t capacity_;

  std::mutex mutex_;
  std::list<Remembered> recent_;                             // newest first; guarded by mutex_
  absl::flat_hash_map<id::SessionId, Position> by_session_;  // guarded by mutex_
};

}  // namespace portal::identity

#endif  // SERVICES_IDENTITY_RPC_PASSPORT_DESK_H_
