#ifndef SERVICES_RECORDS_RPC_PATIENT_ANNOUNCEMENT_H_
#define SERVICES_RECORDS_RPC_PATIENT_ANNOUNCEMENT_H_

#include <memory>
#include <string>

#include "grpcpp/channel.h"
#include "libs/outbox/relay.h"
#include "services/records/domain/patient.h"

// How access_code learns of patients, whom it issues codes for: each change of one goes through the
// outbox to its PatientDirectoryService.
namespace portal::records {

inline constexpr char kPutPatientTopic[] = "patient.put";

// The event's payload: a portal.access_code.v1.PutPatientRequest.
std::string PutPatientPayload(const Patient& patient);

// The topic's route. INVALID_ARGUMENT, an event that can never be delivered, if access_code says so
// or the payload is not ours.
outbox::Route PutPatientRoute(std::shared_ptr<grpc::Channel> access_code);

}  // namespace portal::records

#endif  // SERVICES_RECORDS_RPC_PATIENT_ANNOUNCEMENT_H_
