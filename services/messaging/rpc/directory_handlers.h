#ifndef SERVICES_MESSAGING_RPC_DIRECTORY_HANDLERS_H_
#define SERVICES_MESSAGING_RPC_DIRECTORY_HANDLERS_H_

#include "absl/status/statusor.h"
#include "libs/rpc/context.h"
#include "portal/messaging/v1/directory_service.pb.h"
#include "services/messaging/rpc/dependencies.h"

namespace portal::messaging {

// portal.messaging.v1.DirectoryService.
class DirectoryHandlers {
 public:
  explicit DirectoryHandlers(const Dependencies& dependencies) : deps_(dependencies) {}

  absl::StatusOr<v1::PutAccountResponse> PutAccount(const rpc::Context& context,
                                                    const v1::PutAccountRequest& request);
  absl::StatusOr<v1::PutClinicResponse> PutClinic(const rpc::Context& context,
                                                  const v1::PutClinicRequest& request);

 private:
  const Dependencies deps_;
};

}  // namespace portal::messaging

#endif  // SERVICES_MESSAGING_RPC_DIRECTORY_HANDLERS_H_
