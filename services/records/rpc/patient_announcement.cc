#include "services/records/rpc/patient_announcement.h"

#include <utility>

#include "libs/rpc/event_route.h"
#include "portal/access_code/v1/patient_directory_service.grpc.pb.h"

namespace portal::records {

using access_code::v1::PatientDirectoryService;
using access_code::v1::PutPatientRequest;

std::string PutPatientPayload(const Patient& patient) {
  PutPatientRequest request;
  request.set_patient_id(patient.id.ToString());
  request.set_clinic_id(patient.clinic_id.ToString());
  request.set_display_name(DisplayName(patient.profile));
  request.set_version(patient.version);
  const absl::CivilDay birth_date = patient.profile.birth_date;
  request.mutable_birth_date()->set_year(static_cast<int32_t>(birth_date.year()));
  request.mutable_birth_date()->set_month(birth_date.month());
  request.mutable_birth_date()->set_day(birth_date.day());
  if (patient.merged_into.has_value()) {
    request.set_merged_into_patient_id(patient.merged_into->ToString());
  }
  return request.SerializeAsString();
}

outbox::Route PutPatientRoute(std::shared_ptr<grpc::Channel> access_code) {
  std::shared_ptr<PatientDirectoryService::Stub> stub =
      PatientDirectoryService::NewStub(std::move(access_code));
  return rpc::EventRoute(std::move(stub), &PatientDirectoryService::Stub::PutPatient);
}

}  // namespace portal::records
