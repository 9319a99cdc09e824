#include "services/records/domain/errors.h"

#include "absl/strings/str_cat.h"
#include "libs/status/errors.h"

namespace portal::records {

// The same words as rpc::PatientNotFound(), which the adapter answers when a grant is missing.
absl::Status PatientNotFound() {
  return status::Error(absl::StatusCode::kNotFound, "PATIENT_NOT_FOUND", "no such patient");
}

absl::Status PatientMerged(const id::PatientId& merged_into) {
  return status::Error(absl::StatusCode::kFailedPrecondition, "PATIENT_MERGED",
                       "the patient was merged into another one",
                       {{"merged_into_patient_id", merged_into.ToString()}});
}

absl::Status PatientDuplicateSuspected(int candidates) {
  return status::Error(absl::StatusCode::kFailedPrecondition, "PATIENT_DUPLICATE_SUSPECTED",
                       "there are patients who may be the same person",
                       {{"candidates", absl::StrCat(candidates)}});
}

absl::Status SoapChartNotFound() {
  return status::Error(absl::StatusCode::kNotFound, "SOAP_CHART_NOT_FOUND", "no such chart");
}

absl::Status SoapChartLocked() {
  return status::Error(absl::StatusCode::kFailedPrecondition, "SOAP_CHART_LOCKED",
                       "the chart is locked and is never edited again");
}

absl::Status SoapChartNotLocked() {
  return status::Error(absl::StatusCode::kFailedPrecondition, "SOAP_CHART_NOT_LOCKED",
                       "the chart is not locked; edit it instead");
}

absl::Status TooManyAddenda() {
  return status::Error(absl::StatusCode::kFailedPrecondition, "TOO_MANY_ADDENDA",
                       "the chart has as many addenda as a chart may have");
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

absl::Status PlanSectionKindRetired() {
  return status::Error(absl::StatusCode::kFailedPrecondition, "PLAN_SECTION_KIND_RETIRED",
                       "there is new text under a kind of plan section that is out of use");
}

absl::Status TooManyPlanSectionKinds() {
  return status::Error(absl::StatusCode::kFailedPrecondition, "TOO_MANY_PLAN_SECTION_KINDS",
                       "the clinic has as many kinds of plan sections as it may have");
}

absl::Status NotOwnPatient() {
  return status::Error(absl::StatusCode::kPermissionDenied, "ROLE_NOT_ALLOWED",
                       "a practitioner may see this for patients with a chart by them");
}

}  // namespace portal::records
