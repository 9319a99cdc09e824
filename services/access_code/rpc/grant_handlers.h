#ifndef SERVICES_ACCESS_CODE_RPC_GRANT_HANDLERS_H_
#define SERVICES_ACCESS_CODE_RPC_GRANT_HANDLERS_H_

#include "absl/status/statusor.h"
#include "libs/rpc/context.h"
#include "libs/rpc/page_token.h"
#include "portal/access_code/v1/grant_service.pb.h"
#include "services/access_code/rpc/dependencies.h"
#include "services/access_code/storage/grant_store.h"

namespace portal::access_code {

// portal.access_code.v1.GrantService.
class GrantHandlers {
 public:
  explicit GrantHandlers(const Dependencies& dependencies);

  absl::StatusOr<v1::ListMyPatientsResponse> ListMyPatients(
      const rpc::Context& context, const v1::ListMyPatientsRequest& request);
  absl::StatusOr<v1::ListGrantsResponse> ListGrants(const rpc::Context& context,
                                                    const v1::ListGrantsRequest& request);
  absl::StatusOr<v1::Grant> RevokeGrant(const rpc::Context& context,
                                        const v1::RevokeGrantRequest& request);
  absl::StatusOr<v1::Grant> SetGrantEnd(const rpc::Context& context,
                                        const v1::SetGrantEndRequest& request);
  absl::StatusOr<v1::DropPatientResponse> DropPatient(const rpc::Context& context,
                                                      const v1::DropPatientRequest& request);
  absl::StatusOr<v1::ExplainAccessResponse> ExplainAccess(const rpc::Context& context,
                                                          const v1::ExplainAccessRequest& request);
  absl::StatusOr<v1::ExplainMyAccessResponse> ExplainMyAccess(
      const rpc::Context& context, const v1::ExplainMyAccessRequest& request);
  absl::StatusOr<v1::CheckGrantsResponse> CheckGrants(const rpc::Context& context,
                                                      const v1::CheckGrantsRequest& request);

 private:
  const Dependencies deps_;
  const rpc::PageTokens page_tokens_;
  const GrantStore grants_;
};

}  // namespace portal::access_code

#endif  // SERVICES_ACCESS_CODE_RPC_GRANT_HANDLERS_H_
