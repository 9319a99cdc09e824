#ifndef SERVICES_RECORDS_DOMAIN_TREATMENT_PLAN_H_
#define SERVICES_RECORDS_DOMAIN_TREATMENT_PLAN_H_

#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "libs/id/ids.h"
#include "services/records/domain/plan_section.h"

namespace portal::records {

// What is generated from a chart that uses a plan section: all that the patient sees of it. Has no
// place for anything else of the chart.
struct TreatmentPlan {
  id::SoapChartId id;  // the chart's
  id::ClinicId clinic_id;
  id::PatientId patient_id;
  std::string practitioner_display_name;
  absl::CivilDay encounter_date;
  std::vector<PlanSection> sections;  // at least one, in the clinic's order
  bool is_signed = false;             // the chart is locked
  absl::Time updated_at;
  bool hidden = false;  // from everybody who holds a grant

  friend bool operator==(const TreatmentPlan&, const TreatmentPlan&) = default;
};

}  // namespace portal::records

#endif  // SERVICES_RECORDS_DOMAIN_TREATMENT_PLAN_H_
