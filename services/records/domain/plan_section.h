#ifndef SERVICES_RECORDS_DOMAIN_PLAN_SECTION_H_
#define SERVICES_RECORDS_DOMAIN_PLAN_SECTION_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "libs/status/errors.h"

namespace portal::records {

// An entry of a clinic's own list.
struct PlanSectionKind {
  std::string id;
  std::string title;
  int position = 0;  // from 1
  bool retired = false;

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
// or two are of one kind; PLAN_SECTION_KIND_RETIRED if one of a retired kind is not as in `before`,
// the chart's sections until now.
absl::StatusOr<std::vector<PlanSection>> Arranged(const std::vector<PlanSection>& sections,
                                                  const std::vector<PlanSectionKind>& kinds,
                                                  const std::vector<PlanSection>& before = {});

// The title as it is stored; adds a violation unless it has 1 to kMaxKindTitleCharacters on one
// line.
std::string CheckedTitle(absl::string_view title, status::FieldViolations& violations);

// The list with the kind at another place, its positions counted anew; beyond the end is the end.
// PLAN_SECTION_KIND_UNKNOWN.
absl::StatusOr<std::vector<PlanSectionKind>> WithKindAt(std::vector<PlanSectionKind> kinds,
                                                        PlanSectionKind kind);

// The kind in the list. PLAN_SECTION_KIND_UNKNOWN.
absl::StatusOr<PlanSectionKind> KindIn(const std::vector<PlanSectionKind>& kinds,
                                       absl::string_view kind_id);

}  // namespace portal::records

#endif  // SERVICES_RECORDS_DOMAIN_PLAN_SECTION_H_
