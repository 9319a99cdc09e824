#ifndef SERVICES_ACCESS_CODE_RPC_PATIENT_DIRECTORY_HANDLERS_H_
#define SERVICES_ACCESS_CODE_RPC_PATIENT_DIRECTORY_HANDLERS_H_

#include "absl/status/statusor.h"
#include "libs/rpc/context.h"
#include "portal/access_code/v1/patient_directory_service.pb.h"
#include "services/access_code/rpc/dependencies.h"
#include "services/access_code/storage/patient_directory.h"

namespace portal::access_code {

// portal.access_code.v1.PatientDirectoryService.
class PatientDirectoryHandlers {
 public:
  explicit PatientDirectoryHandlers(const Dependencies& dependencies) : deps_(dependencies) {}

  absl::StatusOr<v1::PutPatientResponse> PutPatient(const rpc::Context& context,
                                                    const v1::PutPatientRequest& request);

 private:
  const Dependencies deps_;
};

}  // namespace portal::access_code

#endif  // SERVICES_ACCESS_CODE_RPC_PATIENT_DIRECTORY_HANDLERS_H_
