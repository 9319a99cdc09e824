#include "services/access_code/rpc/service.h"

#include "portal/access_code/v1/access_code_service.grpc.pb.h"
#include "portal/access_code/v1/access_settings_service.grpc.pb.h"
#include "portal/access_code/v1/account_closure_service.grpc.pb.h"
#include "portal/access_code/v1/form_access_service.grpc.pb.h"
#include "portal/access_code/v1/grant_service.grpc.pb.h"
#include "portal/access_code/v1/holder_notice_service.grpc.pb.h"
#include "portal/access_code/v1/patient_directory_service.grpc.pb.h"

namespace portal::access_code {

std::vector<rpc::MethodTable> Service::Tables() {
  using rpc::Lane;
  rpc::MethodTable access_codes(v1::AccessCodeService::service_full_name());
  access_codes
      .Unary("IssueAccessCode", Lane::kWrite, &access_codes_, &AccessCodeHandlers::IssueAccessCode)
      .Unary("ListAccessCodes", Lane::kRead, &access_codes_, &AccessCodeHandlers::ListAccessCodes)
      .Unary("CancelAccessCode", Lane::kWrite, &access_codes_,
             &AccessCodeHandlers::CancelAccessCode)
      .Unary("RedeemAccessCode", Lane::kWrite, &access_codes_,
             &AccessCodeHandlers::RedeemAccessCode);
  rpc::MethodTable forms(v1::FormAccessService::service_full_name());
  forms
      .Unary("IssueFormAccessCode", Lane::kWrite, &forms_, &FormAccessHandlers::IssueFormAccessCode)
      .Unary("CancelFormAccessCodes", Lane::kWrite, &forms_,
             &FormAccessHandlers::CancelFormAccessCodes)
      .Unary("RevokeFormAccess", Lane::kWrite, &forms_, &FormAccessHandlers::RevokeFormAccess)
      .Unary("CheckFormAccess", Lane::kRead, &forms_, &FormAccessHandlers::CheckFormAccess);
  rpc::MethodTable grants(v1::GrantService::service_full_name());
  grants.Unary("ListMyPatients", Lane::kRead, &grants_, &GrantHandlers::ListMyPatients)
      .Unary("ListGrants", Lane::kRead, &grants_, &GrantHandlers::ListGrants)
      .Unary("RevokeGrant", Lane::kWrite, &grants_, &GrantHandlers::RevokeGrant)
      .Unary("SetGrantEnd", Lane::kWrite, &grants_, &GrantHandlers::SetGrantEnd)
      .Unary("DropPatient", Lane::kWrite, &grants_, &GrantHandlers::DropPatient)
      .Unary("ExplainAccess", Lane::kRead, &grants_, &GrantHandlers::ExplainAccess)
      .Unary("ExplainMyAccess", Lane::kRead, &grants_, &GrantHandlers::ExplainMyAccess)
      .Unary("CheckGrants", Lane::kRead, &grants_, &GrantHandlers::CheckGrants);
  rpc::MethodTable patients(v1::PatientDirectoryService::service_full_name());
  patients.Unary("PutPatient", Lane::kWrite, &patients_, &PatientDirectoryHandlers::PutPatient);
  rpc::MethodTable settings(v1::AccessSettingsService::service_full_name());
  settings
      .Unary("GetAccessSettings", Lane::kRead, &settings_,
             &AccessSettingsHandlers::GetAccessSettings)
      .Unary("UpdateAccessSettings", Lane::kWrite, &settings_,
             &AccessSettingsHandlers::UpdateAccessSettings);
  rpc::MethodTable holder_notices(v1::HolderNoticeService::service_full_name());
  holder_notices.Unary("NotifyHolders", Lane::kWrite, &holder_notices_,
                       &HolderNoticeHandlers::NotifyHolders);
  rpc::MethodTable closures(v1::AccountClosureService::service_full_name());
  closures.Unary("CloseAccount", Lane::kWrite, &closures_, &AccountClosureHandlers::CloseAccount);
  return {std::move(access_codes), std::move(forms),    std::move(grants),
          std::move(patients),     std::move(settings), std::move(holder_notices),
          std::move(closures)};
}

}  // namespace portal::access_code
