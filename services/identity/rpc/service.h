#ifndef SERVICES_IDENTITY_RPC_SERVICE_H_
#define SERVICES_IDENTITY_RPC_SERVICE_H_

#include <vector>

#include "libs/rpc/method_table.h"
#include "services/identity/rpc/account_handlers.h"
#include "services/identity/rpc/clinic_handlers.h"
#include "services/identity/rpc/dependencies.h"
#include "services/identity/rpc/session_handlers.h"

namespace portal::identity {

// Everything that the service answers.
class Service {
 public:
  explicit Service(const Dependencies& dependencies)
      : accounts_(dependencies), sessions_(dependencies), clinics_(dependencies) {}

  // For rpc::Server::Start. The service outlives the server.
  std::vector<rpc::MethodTable> Tables();

 private:
  AccountHandlers accounts_;
  SessionHandlers sessions_;
  ClinicHandlers clinics_;
};

}  // namespace portal::identity

#endif  // SERVICES_IDENTITY_RPC_SERVICE_H_
