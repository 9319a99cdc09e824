#ifndef SERVICES_RECORDS_DOMAIN_ERRORS_H_
#define SERVICES_RECORDS_DOMAIN_ERRORS_H_

#include "absl/status/status.h"

// What records refuses, as protos/portal/errors/v1/reason.proto names it. A thing of another clinic
// or patient gets the same answer as one that does not exist.
namespace portal::records {

absl::Status PatientNotFound();
absl::Status SoapChartNotFound();
absl::Status SoapChartLocked();
absl::Status TreatmentPlanNotFound();
absl::Status PlanSectionKindUnknown();

}  // namespace portal::records

#endif  // SERVICES_RECORDS_DOMAIN_ERRORS_H_
