#ifndef SERVICES_IDENTITY_STORAGE_ENDING_STORE_H_
#define SERVICES_IDENTITY_STORAGE_ENDING_STORE_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "libs/db/pool.h"
#include "services/identity/domain/session_ending.h"

namespace portal::identity {

// The endings that the database's triggers recorded; see the migration session_endings.
// Thread-safe.
class EndingStore {
 public:
  explicit EndingStore(db::Pool& pool) : pool_(pool) {}

  // Those after `after`, at most `limit`, in the order in which they were committed: what comes
  // later has a greater id.
  absl::StatusOr<std::vector<SessionEnding>> List(int64_t after, int limit);

  // The newest one's id; 0 if there is none.
  absl::StatusOr<int64_t> Last();

 private:
  db::Pool& pool_;
};

}  // namespace portal::identity

#endif  // SERVICES_IDENTITY_STORAGE_ENDING_STORE_H_
