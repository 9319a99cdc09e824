#include "services/records/rpc/patient_handlers.h"

#include <string>
#include <utility>
#include <vector>

#include "libs/audit/event.h"
#include "libs/rpc/call.h"
#include "libs/rpc/change.h"
#include "libs/status/status_macros.h"
#include "services/records/domain/date.h"
#include "services/records/domain/limits.h"
#include "services/records/rpc/convert.h"
#include "services/records/rpc/paging.h"
#include "services/records/rpc/patient_announcement.h"

namespace portal::records {
namespace {

rpc::Disclosed Disclosed(const v1::Patient& patient) {
  return {"patient", patient.patient_id(), patient.patient_id()};
}

}  // namespace

absl::StatusOr<v1::Patient> PatientHandlers::CreatePatient(
    const rpc::Context& context, const v1::CreatePatientRequest& request) {
  const absl::Time now = deps_.clock.Now();
  ASSIGN_OR_RETURN(NewPatient entered, ParseRequest(request, LatestToday(now)));
  const Patient patient{.id = id::PatientId::New(deps_.clock),
                        .clinic_id = context.clinic_id(),
                        .profile = std::move(entered.profile),
                        .staff_notes = std::move(entered.staff_notes),
                        .version = 1,
                        .created_at = now,
                        .updated_at = now};
  const auto create = [&](db::Transaction& transaction) -> absl::StatusOr<v1::Patient> {
    patients_.Insert(transaction, patient);
    deps_.outbox.Append(transaction, kPutPatientTopic, PutPatientPayload(patient));
    audit::Event event = context.AuditEvent();
    event.patient_id = patient.id;
    event.resource_kind = "patient";
    event.resource_id = patient.id.ToString();
    RETURN_IF_ERROR(audit::Append(transaction, deps_.clock, {event}));
    return ToProto(patient);
  };
  return rpc::ChangeOnce<v1::Patient>(deps_, context, request, create, Disclosed);
}

absl::StatusOr<v1::Patient> PatientHandlers::GetPatient(const rpc::Context& context,
                                                        const v1::GetPatientRequest&) {
  ASSIGN_OR_RETURN(const Patient patient,
                   patients_.Get(rpc::CallOf(context), context.clinic_id(), context.patient_id()));
  return ToProto(patient);
}

absl::StatusOr<v1::ListPatientsResponse> PatientHandlers::ListPatients(
    const rpc::Context& context, const v1::ListPatientsRequest& request) {
  ASSIGN_OR_RETURN(const int page_size,
                   rpc::PageSize(request.page_size(), kDefaultPatientsPage, kMaxPatientsPage));
  ASSIGN_OR_RETURN(const std::vector<std::string> position,
                   page_tokens_.Parse(request, request.page_token(), kPatientColumns));
  ASSIGN_OR_RETURN(const PatientPosition after, PatientPositionOf(position));
  ASSIGN_OR_RETURN(const std::vector<Patient> patients,
                   patients_.List(rpc::CallOf(context), context.clinic_id(), after, page_size + 1));
  v1::ListPatientsResponse response;
  const Patient* last = FillPage(patients, page_size, *response.mutable_patients());
  if (last != nullptr) response.set_next_page_token(page_tokens_.Make(request, ToTexts(*last)));
  for (int i = 0; i < response.patients_size(); ++i) context.Discloses(patients[i].id);
  return response;
}

absl::StatusOr<v1::PatientProfile> PatientHandlers::GetMyPatient(const rpc::Context& context,
                                                                 const v1::GetMyPatientRequest&) {
  ASSIGN_OR_RETURN(const ClinicProfile found,
                   patients_.GetProfile(rpc::CallOf(context), context.patient_id()));
  return ToProto(context.patient_id(), found.clinic_id, found.profile);
}

}  // namespace portal::records
