#include "services/records/rpc/patient_handlers.h"

#include <string>
#include <utility>
#include <vector>

#include "libs/audit/event.h"
#include "libs/rpc/call.h"
#include "libs/rpc/change.h"
#include "libs/status/errors.h"
#include "libs/status/status_macros.h"
#include "services/records/domain/date.h"
#include "services/records/domain/errors.h"
#include "services/records/domain/limits.h"
#include "services/records/domain/patient_search.h"
#include "services/records/domain/version.h"
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
                        .state = entered.state,
                        .deceased_date = entered.deceased_date,
                        .version = 1,
                        .created_at = now,
                        .updated_at = now};
  const auto create = [&](db::Transaction& transaction) -> absl::StatusOr<v1::Patient> {
    const auto candidates =
        patients_.HoldDuplicates(transaction, context.clinic_id(), patient.profile);
    if (!candidates.empty() && !request.accept_duplicates()) {
      return PatientDuplicateSuspected(static_cast<int>(candidates.size()));
    }
    patients_.Insert(transaction, patient);
    RETURN_IF_ERROR(Announce(context, transaction, patient));
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

absl::StatusOr<v1::Patient> PatientHandlers::UpdatePatient(
    const rpc::Context& context, const v1::UpdatePatientRequest& request) {
  const absl::Time now = deps_.clock.Now();
  ASSIGN_OR_RETURN(const PatientUpdate update, ParseRequest(request, LatestToday(now)));
  const auto change = [&](db::Transaction& transaction) -> absl::StatusOr<v1::Patient> {
    ASSIGN_OR_RETURN(const Patient before, patients_.GetForChange(transaction, context.clinic_id(),
                                                                  context.patient_id()));
    RETURN_IF_ERROR(CheckNotMerged(before.merged_into));
    if (update.etag != EtagOf(before.version)) return status::EtagMismatch();
    const Patient after = Changed(before, update.change, now);
    status::FieldViolations violations;
    CheckDeath(after.state, after.deceased_date, after.profile.birth_date, LatestToday(now),
               violations);
    RETURN_IF_ERROR(violations.ToStatus());
    RETURN_IF_ERROR(patients_.Update(transaction, before, after));
    RETURN_IF_ERROR(Announce(context, transaction, after));
    return ToProto(after);
  };
  return rpc::ChangeOnce<v1::Patient>(deps_, context, request, change, Disclosed);
}

absl::StatusOr<v1::FindDuplicatePatientsResponse> PatientHandlers::FindDuplicatePatients(
    const rpc::Context& context, const v1::FindDuplicatePatientsRequest& request) {
  ASSIGN_OR_RETURN(const NewPatient entered, ParseRequest(request, LatestToday(deps_.clock.Now())));
  ASSIGN_OR_RETURN(
      const std::vector<DuplicateCandidate> candidates,
      patients_.FindDuplicates(rpc::CallOf(context), context.clinic_id(), entered.profile));
  v1::FindDuplicatePatientsResponse response;
  for (const DuplicateCandidate& candidate : candidates) {
    *response.add_candidates() = ToProto(candidate);
    context.Discloses(candidate.patient.id);
  }
  return response;
}

absl::StatusOr<v1::Patient> PatientHandlers::MergePatients(
    const rpc::Context& context, const v1::MergePatientsRequest& request) {
  ASSIGN_OR_RETURN(const id::PatientId merged_id, ParseRequest(request));
  const auto merge = [&](db::Transaction& transaction) -> absl::StatusOr<v1::Patient> {
    ASSIGN_OR_RETURN(
        const std::vector<Patient> changed,
        patients_.Merge(transaction, context.clinic_id(), context.patient_id(), merged_id,
                        {.account_id = context.account_id(),
                         .display_name = context.passport().display_name,
                         .now = deps_.clock.Now()}));
    for (const Patient& patient : changed) {
      RETURN_IF_ERROR(Announce(context, transaction, patient));
    }
    RETURN_IF_ERROR(Audit(context, transaction, context.patient_id()));
    ASSIGN_OR_RETURN(const Patient staying, patients_.GetForChange(transaction, context.clinic_id(),
                                                                   context.patient_id()));
    return ToProto(staying);
  };
  return rpc::ChangeOnce<v1::Patient>(deps_, context, request, merge, Disclosed);
}

absl::StatusOr<v1::SearchPatientsResponse> PatientHandlers::SearchPatients(
    const rpc::Context& context, const v1::SearchPatientsRequest& request) {
  ASSIGN_OR_RETURN(const SearchTerms terms, ParseSearchTerms(request.query()));
  ASSIGN_OR_RETURN(
      const std::vector<PatientSummary> found,
      patients_.Search(rpc::CallOf(context), context.clinic_id(), terms, kMaxCandidates + 1));
  v1::SearchPatientsResponse response;
  for (const PatientSummary& patient : found) {
    if (response.patients_size() == kMaxCandidates) {
      response.set_more(true);
      break;
    }
    *response.add_patients() = ToProto(patient);
    context.Discloses(patient.id);
  }
  return response;
}

absl::StatusOr<v1::PatientProfile> PatientHandlers::GetMyPatient(const rpc::Context& context,
                                                                 const v1::GetMyPatientRequest&) {
  ASSIGN_OR_RETURN(const ClinicProfile found,
                   patients_.GetProfile(rpc::CallOf(context), context.patient_id()));
  return ToProto(context.patient_id(), found.clinic_id, found.profile);
}

absl::Status PatientHandlers::Audit(const rpc::Context& context, db::Transaction& transaction,
                                    const id::PatientId& patient_id) const {
  audit::Event event = context.AuditEvent();
  event.patient_id = patient_id;
  event.resource_kind = "patient";
  event.resource_id = patient_id.ToString();
  return audit::Append(transaction, deps_.clock, {event});
}

absl::Status PatientHandlers::Announce(const rpc::Context& context, db::Transaction& transaction,
                                       const Patient& patient) const {
  deps_.outbox.Append(transaction, kPutPatientTopic, PutPatientPayload(patient));
  return Audit(context, transaction, patient.id);
}

}  // namespace portal::records
