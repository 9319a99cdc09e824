#ifndef SERVICES_ACCESS_CODE_RPC_ACCESS_SETTINGS_HANDLERS_H_
#define SERVICES_ACCESS_CODE_RPC_ACCESS_SETTINGS_HANDLERS_H_

#include "absl/status/statusor.h"
#include "libs/rpc/context.h"
#include "portal/access_code/v1/access_settings_service.pb.h"
#include "services/access_code/rpc/dependencies.h"

namespace portal::access_code {

// portal.access_code.v1.AccessSettingsService.
class AccessSettingsHandlers {
 public:
  explicit AccessSettingsHandlers(const Dependencies& dependencies) : deps_(dependencies) {}

  absl::StatusOr<v1::AccessSettings> GetAccessSettings(const rpc::Context& context,
                                                       const v1::GetAccessSettingsRequest& request);
  absl::StatusOr<v1::AccessSettings> UpdateAccessSettings(
      const rpc::Context& context, const v1::UpdateAccessSettingsRequest& request);

 private:
  const Dependencies deps_;
};

}  // namespace portal::access_code

#endif  // SERVICES_ACCESS_CODE_RPC_ACCESS_SETTINGS_HANDLERS_H_
