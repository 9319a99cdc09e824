#ifndef SERVICES_RECORDS_RPC_DEPENDENCIES_H_
#define SERVICES_RECORDS_RPC_DEPENDENCIES_H_

#include "libs/crypto/sealer.h"
#include "libs/db/pool.h"
#include "libs/idempotency/store.h"
#include "libs/outbox/outbox.h"
#include "libs/time/clock.h"

namespace portal::records {

// What the handlers work with; all of it outlives them.
struct Dependencies {
  db::Pool& pool;  // AddSchema()
  // For page tokens.
  const crypto::Sealer& sealer;
  const outbox::Outbox& outbox;
  const idempotency::Store& idempotency;
  const time::Clock& clock;
};

}  // namespace portal::records

#endif  // SERVICES_RECORDS_RPC_DEPENDENCIES_H_
