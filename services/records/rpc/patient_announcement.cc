#include "services/records/rpc/patient_announcement.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "grpcpp/client_context.h"
#include "libs/rpc/channel.h"
#include "libs/rpc/status_conversion.h"
#include "libs/status/errors.h"
#include "portal/access_code/v1/patient_directory_service.grpc.pb.h"

namespace portal::records {

using access_code::v1::PatientDirectoryService;
using access_code::v1::PutPatientRequest;
using access_code::v1::PutPatientResponse;

std::string PutPatientPayload(const Patient& patient) {
  PutPatientRequest request;
  request.set_patient_id(patient.id.ToString());
  request.set_clinic_id(patient.clinic_id.ToString());
  request.set_display_name(DisplayName(patient.profile));
  request.set_version(patient.version);
  return request.SerializeAsString();
}

outbox::Route PutPatientRoute(std::shared_ptr<grpc::Channel> access_code) {
  std::shared_ptr<PatientDirectoryService::Stub> stub =
      PatientDirectoryService::NewStub(std::move(access_code));
  return [stub = std::move(stub)](const outbox::Delivery& delivery) {
    PutPatientRequest request;
    if (!request.ParseFromString(delivery.payload)) {
      return status::InvalidField("payload", "is not a PutPatientRequest");
    }
    grpc::ClientContext client;
    client.set_deadline(absl::ToChronoTime(delivery.deadline));
    client.AddMetadata(rpc::kRequestIdKey, delivery.event_id.ToString());
    PutPatientResponse response;
    return rpc::FromGrpc(stub->PutPatient(&client, request, &response));
  };
}

}  // namespace portal::records
