#ifndef SERVICES_RECORDS_DOMAIN_PLAN_SECTION_H_
#define SERVICES_RECORDS_DOMAIN_PLAN_SECTION_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace portal::records {

// An entry of a clinic's own list.
struct PlanSectionKind {
  std::string id;
  std::string title;
  int position = 0;  // from 1

  friend bool operator==(const PlanSectionKind&, const PlanSectionKind&) = default;
};

// What every clinic's list starts as.
const std::vector<PlanSectionKind>& StartingPlanSectionKinds();

// One part of a plan.
struct PlanSection {
  std::string kind_id;
  std::string title;  // the kind's
  std::string text;

  friend bool operator==(const PlanSection&, const PlanSection&) = default;
};

// The sections in use, with the kinds' titles and in their order: blank ones are dropped, text is
// kept as written. PLAN_SECTION_KIND_UNKNOWN if a section, blank or not, is of no kind in the list,
// or two are of one kind.
absl::StatusOr<std::vector<PlanSection>> Arranged(const std::vector<PlanSection>& sections,
                                                  const std::vector<PlanSectionKind>& kinds);

}  // namespace portal::records

#endif  // SERVICES_RECORDS_DOMAIN_PLAN_SECTION_H_
