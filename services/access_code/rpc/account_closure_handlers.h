#ifndef SERVICES_ACCESS_CODE_RPC_ACCOUNT_CLOSURE_HANDLERS_H_
#define SERVICES_ACCESS_CODE_RPC_ACCOUNT_CLOSURE_HANDLERS_H_

#include "absl/status/statusor.h"
#include "libs/rpc/context.h"
#include "portal/access_code/v1/account_closure_service.pb.h"
#include "services/access_code/rpc/dependencies.h"
#include "services/access_code/storage/grant_store.h"

namespace portal::access_code {

// portal.access_code.v1.AccountClosureService.
class AccountClosureHandlers {
 public:
  explicit AccountClosureHandlers(const Dependencies& dependencies)
      : deps_(dependencies), grants_(dependencies.pool) {}

  absl::StatusOr<v1::CloseAccountResponse> CloseAccount(const rpc::Context& context,
                                                        const v1::CloseAccountRequest& request);

 private:
  const Dependencies deps_;
  const GrantStore grants_;
};

}  // namespace portal::access_code

#endif  // SERVICES_ACCESS_CODE_RPC_ACCOUNT_CLOSURE_HANDLERS_H_
