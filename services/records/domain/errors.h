#ifndef SERVICES_RECORDS_DOMAIN_ERRORS_H_
#define SERVICES_RECORDS_DOMAIN_ERRORS_H_

#include "absl/status/status.h"
#include "libs/id/ids.h"

// What records refuses, as protos/portal/errors/v1/reason.proto names it. A thing of another clinic
// or patient gets the same answer as one that does not exist.
namespace portal::records {

absl::Status PatientNotFound();
// Says into which record.
absl::Status PatientMerged(const id::PatientId& merged_into);
absl::Status PatientDuplicateSuspected(int candidates);
absl::Status SoapChartNotFound();
absl::Status SoapChartLocked();
absl::Status SoapChartNotLocked();
absl::Status TooManyAddenda();
absl::Status TreatmentPlanNotFound();
absl::Status PlanSectionKindUnknown();
absl::Status PlanSectionKindRetired();
absl::Status TooManyPlanSectionKinds();
// Practitioners see the audit trail of patients for whom they have written a chart.
absl::Status NotOwnPatient();

}  // namespace portal::records

#endif  // SERVICES_RECORDS_DOMAIN_ERRORS_H_
