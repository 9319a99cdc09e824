#include "services/records/domain/errors.h"

#include "libs/status/errors.h"

namespace portal::records {

// The same words as rpc::PatientNotFound(), which the adapter answers when a grant is missing.
absl::Status PatientNotFound() {
  return status::Error(absl::StatusCode::kNotFound, "PATIENT_NOT_FOUND", "no such patient");
}

absl::Status SoapChartNotFound() {
  return status::Error(absl::StatusCode::kNotFound, "SOAP_CHART_NOT_FOUND", "no such chart");
}

absl::Status SoapChartLocked() {
  return status::Error(absl::StatusCode::kFailedPrecondition, "SOAP_CHART_LOCKED",
                       "the chart is locked and is never edited again");
}

absl::Status TreatmentPlanNotFound() {
  return status::Error(absl::StatusCode::kNotFound, "TREATMENT_PLAN_NOT_FOUND",
                       "no such treatment plan");
}

absl::Status PlanSectionKindUnknown() {
  return status::Error(absl::StatusCode::kInvalidArgument, "PLAN_SECTION_KIND_UNKNOWN",
                       "a plan section names a kind that the clinic does not have, or names one "
                       "twice");
}

}  // namespace portal::records
