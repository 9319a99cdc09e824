#include "services/records/domain/plan_section.h"

#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "services/records/domain/errors.h"
#include "services/records/domain/text.h"

namespace portal::records {

const std::vector<PlanSectionKind>& StartingPlanSectionKinds() {
  static const auto& kinds = *new std::vector<PlanSectionKind>{
      {"products", "Products", 1},     {"prescriptions", "Prescriptions", 2},
      {"blends", "Blends", 3},         {"diet", "Diet", 4},
      {"lifestyle", "Lifestyle", 5},   {"exercises", "Exercises", 6},
      {"procedures", "Procedures", 7}, {"lab_requisitions", "Lab requisitions", 8},
      {"referrals", "Referrals", 9},   {"follow_up", "Follow-up", 10},
      {"free_text", "Free text", 11},
  };
  return kinds;
}

absl::StatusOr<std::vector<PlanSection>> Arranged(const std::vector<PlanSection>& sections,
                                                  const std::vector<PlanSectionKind>& kinds) {
  absl::flat_hash_map<absl::string_view, const PlanSection*> by_kind;
  for (const PlanSection& section : sections) {
    if (!by_kind.emplace(section.kind_id, &section).second) return PlanSectionKindUnknown();
  }
  std::vector<PlanSection> arranged;
  for (const PlanSectionKind& kind : kinds) {
    const auto found = by_kind.find(kind.id);
    if (found == by_kind.end()) continue;
    const std::string& text = found->second->text;
    if (!IsBlank(text)) arranged.push_back({kind.id, kind.title, text});
    by_kind.erase(found);
  }
  if (!by_kind.empty()) return PlanSectionKindUnknown();
  return arranged;
}

}  // namespace portal::records
