#ifndef SERVICES_IDENTITY_STORAGE_RETENTION_H_
#define SERVICES_IDENTITY_STORAGE_RETENTION_H_

#include "absl/status/statusor.h"
#include "libs/db/pool.h"
#include "libs/time/clock.h"

namespace portal::identity {

// Deletes what nobody needs any more: old sign-ups, sessions and counters (limits.h says when).
class Retention {
 public:
  Retention(db::Pool& pool, const time::Clock& clock) : pool_(pool), clock_(clock) {}

  // At most kPruneBatch rows of each kind; returns whether there may be more.
  absl::StatusOr<bool> Prune();

 private:
  absl::StatusOr<bool> Prune(const db::Query& query, absl::Time expired_until);

  db::Pool& pool_;
  const time::Clock& clock_;
};

}  // namespace portal::identity

#endif  // SERVICES_IDENTITY_STORAGE_RETENTION_H_
