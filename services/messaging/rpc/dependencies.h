#ifndef SERVICES_MESSAGING_RPC_DEPENDENCIES_H_
#define SERVICES_MESSAGING_RPC_DEPENDENCIES_H_

#include "libs/db/pool.h"
#include "services/messaging/storage/notice_store.h"

namespace portal::messaging {

// What the handlers work with; all of it outlives them. The pool has the schema of AddSchema().
struct Dependencies {
  db::Pool& pool;
  NoticeStore& notices;
};

}  // namespace portal::messaging

#endif  // SERVICES_MESSAGING_RPC_DEPENDENCIES_H_
