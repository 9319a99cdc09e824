#ifndef SERVICES_ACCESS_CODE_RPC_SERVICE_H_
#define SERVICES_ACCESS_CODE_RPC_SERVICE_H_

#include <vector>

#include "libs/rpc/method_table.h"
#include "services/access_code/rpc/access_code_handlers.h"
#include "services/access_code/rpc/access_settings_handlers.h"
#include "services/access_code/rpc/account_closure_handlers.h"
#include "services/access_code/rpc/dependencies.h"
#include "services/access_code/rpc/form_access_handlers.h"
#include "services/access_code/rpc/grant_handlers.h"
#include "services/access_code/rpc/holder_notice_handlers.h"
#include "services/access_code/rpc/patient_directory_handlers.h"

namespace portal::access_code {

// Everything that the service answers.
class Service {
 public:
  explicit Service(const Dependencies& dependencies)
      : access_codes_(dependencies),
        forms_(dependencies),
        grants_(dependencies),
        patients_(dependencies),
        settings_(dependencies),
        holder_notices_(dependencies),
        closures_(dependencies) {}

  // For rpc::Server::Start. The service outlives the server.
  std::vector<rpc::MethodTable> Tables();

 private:
  AccessCodeHandlers access_codes_;
  FormAccessHandlers forms_;
  GrantHandlers grants_;
  PatientDirectoryHandlers patients_;
  AccessSettingsHandlers settings_;
  HolderNoticeHandlers holder_notices_;
  AccountClosureHandlers closures_;
};

}  // namespace portal::access_code

#endif  // SERVICES_ACCESS_CODE_RPC_SERVICE_H_
