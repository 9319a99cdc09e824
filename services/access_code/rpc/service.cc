#include "services/access_code/rpc/service.h"

#include "portal/access_code/v1/access_code_service.grpc.pb.h"
#include "portal/access_code/v1/grant_service.grpc.pb.h"
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
  rpc::MethodTable grants(v1::GrantService::service_full_name());
  grants.Unary("ListMyPatients", Lane::kRead, &grants_, &GrantHandlers::ListMyPatients)
      .Unary("ListGrants", Lane::kRead, &grants_, &GrantHandlers::ListGrants)
      .Unary("RevokeGrant", Lane::kWrite, &grants_, &GrantHandlers::RevokeGrant)
      .Unary("CheckGrants", Lane::kRead, &grants_, &GrantHandlers::CheckGrants);
  rpc::MethodTable patients(v1::PatientDirectoryService::service_full_name());
  patients.Unary("PutPatient", Lane::kWrite, &patients_, &PatientDirectoryHandlers::PutPatient);
  return {std::move(access_codes), std::move(grants), std::move(patients)};
}

}  // namespace portal::access_code
