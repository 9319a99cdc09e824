#ifndef SERVICES_RECORDS_DOMAIN_TREATMENT_PLAN_H_
#define SERVICES_RECORDS_DOMAIN_TREATMENT_PLAN_H_

#include <cstdint>
#include <optional>
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

// What a plan showed from one change to the next.
struct PlanRevision {
  int64_t number = 0;  // rises, with gaps
  absl::CivilDay encounter_date;
  bool is_signed = false;
  std::vector<PlanSection> sections;  // with the titles of that time; none: no plan
  id::AccountId changed_by;
  absl::Time changed_at;

  friend bool operator==(const PlanRevision&, const PlanRevision&) = default;
};

// A plan as an account sees it.
struct PlanView {
  TreatmentPlan plan;
  int64_t revision = 0;
  // The revision that the account last marked as seen.
  std::optional<int64_t> seen_revision;

  bool changed() const { return seen_revision.has_value() && *seen_revision != revision; }
};

// What decides whether those who may see a patient are shown the plan of a chart that is the
// patient's or was.
struct PlanAccess {
  struct VisibilityChange {
    bool hidden = false;
    id::AccountId changed_by;
    std::string changed_by_display_name;  // at that time
    absl::Time changed_at;
  };

  id::PatientId asked_for;
  id::PatientId patient_id;  // whose the chart is now
  bool is_signed = false;
  bool present = false;                               // a section has text
  bool hidden = false;                                // from everybody who holds a grant
  std::optional<absl::Time> present_since;            // without a break
  std::optional<VisibilityChange> visibility_change;  // the last one on record
  bool visibility_recorded = false;                   // since the chart was made
  std::optional<absl::Time> moved_at;  // when the chart last came to the patient, or left

  bool moved_away() const { return patient_id != asked_for; }
  bool shown() const { return present && !hidden && !moved_away(); }
  // Whether it is on record how `hidden` came to be: not if that was changed before changes were
  // recorded, or by a program that does not record them.
  bool visibility_known() const;
  // The last one; nothing if there was none, or if it is not known.
  std::optional<VisibilityChange> LastVisibilityChange() const;
  // Without a break; nothing unless it is shown, and that is known.
  std::optional<absl::Time> ShownSince() const;
};

// One section that is not as it was. Without an old text it was added, without a new one removed.
struct SectionChange {
  std::string kind_id;
  std::string title;  // now, or, if it was removed, then
  std::optional<std::string> old_text;
  std::optional<std::string> new_text;

  friend bool operator==(const SectionChange&, const SectionChange&) = default;
};

// In the order of `now`, then what was removed. Titles do not count: they are the clinic's.
std::vector<SectionChange> Difference(const std::vector<PlanSection>& then,
                                      const std::vector<PlanSection>& now);

}  // namespace portal::records

#endif  // SERVICES_RECORDS_DOMAIN_TREATMENT_PLAN_H_
