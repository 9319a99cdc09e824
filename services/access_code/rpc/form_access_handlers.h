#ifndef SERVICES_ACCESS_CODE_RPC_FORM_ACCESS_HANDLERS_H_
#define SERVICES_ACCESS_CODE_RPC_FORM_ACCESS_HANDLERS_H_

#include "absl/status/statusor.h"
#include "libs/rpc/context.h"
#include "portal/access_code/v1/form_access_service.pb.h"
#include "services/access_code/rpc/code_issuer.h"
#include "services/access_code/rpc/dependencies.h"
#include "services/access_code/storage/access_code_store.h"
#include "services/access_code/storage/form_access_store.h"

namespace portal::access_code {

// portal.access_code.v1.FormAccessService.
class FormAccessHandlers {
 public:
  explicit FormAccessHandlers(const Dependencies& dependencies)
      : deps_(dependencies),
        codes_(dependencies.pool, dependencies.peppers),
        forms_(dependencies.pool),
        issuer_(dependencies) {}

  absl::StatusOr<v1::IssueFormAccessCodeResponse> IssueFormAccessCode(
      const rpc::Context& context, const v1::IssueFormAccessCodeRequest& request);
  absl::StatusOr<v1::CancelFormAccessCodesResponse> CancelFormAccessCodes(
      const rpc::Context& context, const v1::CancelFormAccessCodesRequest& request);
  absl::StatusOr<v1::RevokeFormAccessResponse> RevokeFormAccess(
      const rpc::Context& context, const v1::RevokeFormAccessRequest& request);
  absl::StatusOr<v1::CheckFormAccessResponse> CheckFormAccess(
      const rpc::Context& context, const v1::CheckFormAccessRequest& request);

 private:
  const Dependencies deps_;
  const AccessCodeStore codes_;
  const FormAccessStore forms_;
  CodeIssuer issuer_;
};

}  // namespace portal::access_code

#endif  // SERVICES_ACCESS_CODE_RPC_FORM_ACCESS_HANDLERS_H_
