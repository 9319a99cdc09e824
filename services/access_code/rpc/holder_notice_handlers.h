#ifndef SERVICES_ACCESS_CODE_RPC_HOLDER_NOTICE_HANDLERS_H_
#define SERVICES_ACCESS_CODE_RPC_HOLDER_NOTICE_HANDLERS_H_

#include "absl/status/statusor.h"
#include "libs/rpc/context.h"
#include "portal/access_code/v1/holder_notice_service.pb.h"
#include "services/access_code/rpc/dependencies.h"

namespace portal::access_code {

// portal.access_code.v1.HolderNoticeService.
class HolderNoticeHandlers {
 public:
  explicit HolderNoticeHandlers(const Dependencies& dependencies) : deps_(dependencies) {}

  absl::StatusOr<v1::NotifyHoldersResponse> NotifyHolders(const rpc::Context& context,
                                                          const v1::NotifyHoldersRequest& request);

 private:
  const Dependencies deps_;
};

}  // namespace portal::access_code

#endif  // SERVICES_ACCESS_CODE_RPC_HOLDER_NOTICE_HANDLERS_H_
