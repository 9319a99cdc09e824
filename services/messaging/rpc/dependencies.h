#ifndef SERVICES_MESSAGING_RPC_DEPENDENCIES_H_
#define SERVICES_MESSAGING_RPC_DEPENDENCIES_H_

#include "libs/crypto/sealer.h"
#include "libs/db/pool.h"
#include "libs/time/clock.h"
#include "services/messaging/storage/notice_store.h"

namespace portal::messaging {

// What the handlers work with; all of it outlives them. The pool has the schema of AddSchema().
struct Dependencies {
  db::Pool& pool;
  NoticeStore& notices;
  const crypto::Sealer& sealer;  // for page tokens
  const time::Clock& clock;
};

}  // namespace portal::messaging

#endif  // SERVICES_MESSAGING_RPC_DEPENDENCIES_H_
