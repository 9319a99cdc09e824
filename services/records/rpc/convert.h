#ifndef SERVICES_RECORDS_RPC_CONVERT_H_
#define SERVICES_RECORDS_RPC_CONVERT_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "google/type/date.pb.h"
#include "libs/id/ids.h"
#include "portal/records/v1/patient.pb.h"
#include "portal/records/v1/patient_service.pb.h"
#include "portal/records/v1/soap_chart.pb.h"
#include "portal/records/v1/soap_chart_service.pb.h"
#include "portal/records/v1/treatment_plan.pb.h"
#include "portal/records/v1/treatment_plan_service.pb.h"
#include "services/records/domain/patient.h"
#include "services/records/domain/plan_section.h"
#include "services/records/domain/soap_chart.h"
#include "services/records/domain/treatment_plan.h"
#include "services/records/storage/patient_store.h"

// Between the contract and the domain. Parsers answer INVALID_FIELD with everything that is wrong
// with the request; `latest_today` is LatestToday().
namespace portal::records {

struct NewPatient {
  PatientProfile profile;  // normalized
  std::string staff_notes;
  PatientState state = PatientState::kActive;
  std::optional<absl::CivilDay> deceased_date;
};

absl::StatusOr<NewPatient> ParseRequest(const v1::CreatePatientRequest& request,
                                        absl::CivilDay latest_today);

// The same for a record that is not made yet.
absl::StatusOr<NewPatient> ParseRequest(const v1::FindDuplicatePatientsRequest& request,
                                        absl::CivilDay latest_today);

// The record that is merged into another one, context.patient_id().
absl::StatusOr<id::PatientId> ParseRequest(const v1::MergePatientsRequest& request);

struct PatientUpdate {
  std::string etag;
  PatientChange change;  // the fields that the mask names
};

absl::StatusOr<PatientUpdate> ParseRequest(const v1::UpdatePatientRequest& request,
                                           absl::CivilDay latest_today);

// Every part is set.
absl::StatusOr<ChartChange> ParseRequest(const v1::CreateSoapChartRequest& request,
                                         absl::CivilDay latest_today);

struct ChartUpdate {
  id::SoapChartId chart_id;
  std::string etag;
  ChartChange change;  // the parts that the mask names
};

absl::StatusOr<ChartUpdate> ParseRequest(const v1::UpdateSoapChartRequest& request,
                                         absl::CivilDay latest_today);

// Nothing changes but the lock.
absl::StatusOr<ChartUpdate> ParseRequest(const v1::LockSoapChartRequest& request);

// Nor here: no content.
absl::StatusOr<ChartUpdate> ParseRequest(const v1::SetPlanVisibilityRequest& request);
absl::StatusOr<ChartUpdate> ParseRequest(const v1::MoveSoapChartRequest& request);

// The chart to be added to.
absl::StatusOr<id::SoapChartId> ParseRequest(const v1::AddSoapChartAddendumRequest& request);

v1::Patient ToProto(const Patient& patient);
v1::PatientSummary ToProto(const PatientSummary& patient);
v1::DuplicateCandidate ToProto(const DuplicateCandidate& candidate);
v1::PatientProfile ToProto(const id::PatientId& patient_id, const id::ClinicId& clinic_id,
                           const PatientProfile& profile);
v1::SoapChart ToProto(const SoapChart& chart);
v1::TreatmentPlan ToProto(const TreatmentPlan& plan);
// Without its token.
v1::TreatmentPlan ToProto(const PlanView& view);
v1::PlanChanges ToProto(const PlanRevision& then, const TreatmentPlan& now);
v1::PlanRevision ToProto(const PlanRevision& revision);
v1::ExplainTreatmentPlanAccessResponse ToProto(const PlanAccess& access);
v1::PlanSectionKind ToProto(const PlanSectionKind& kind);
google::type::Date ToProto(absl::CivilDay day);

}  // namespace portal::records

#endif  // SERVICES_RECORDS_RPC_CONVERT_H_
