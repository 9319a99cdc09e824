#ifndef SERVICES_MESSAGING_RPC_SERVICE_H_
#define SERVICES_MESSAGING_RPC_SERVICE_H_

#include <vector>

#include "libs/rpc/method_table.h"
#include "services/messaging/rpc/dead_letter_handlers.h"
#include "services/messaging/rpc/dependencies.h"
#include "services/messaging/rpc/directory_handlers.h"
#include "services/messaging/rpc/notice_handlers.h"

namespace portal::messaging {

// Everything that the service answers.
class Service {
 public:
  explicit Service(const Dependencies& dependencies)
      : notices_(dependencies), directory_(dependencies), dead_letters_(dependencies) {}

  // For rpc::Server::Start. The service outlives the server.
  std::vector<rpc::MethodTable> Tables();

 private:
  NoticeHandlers notices_;
  DirectoryHandlers directory_;
  DeadLetterHandlers dead_letters_;
};

}  // namespace portal::messaging

#endif  // SERVICES_MESSAGING_RPC_SERVICE_H_
