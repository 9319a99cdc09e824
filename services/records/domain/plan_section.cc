#include "services/records/domain/plan_section.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "libs/status/status_macros.h"
#include "libs/text/text.h"
#include "services/records/domain/errors.h"
#include "services/records/domain/limits.h"

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

namespace {

bool HasText(const std::vector<PlanSection>& sections, absl::string_view kind_id,
             absl::string_view text) {
  return std::any_of(sections.begin(), sections.end(), [&](const PlanSection& section) {
    return section.kind_id == kind_id && section.text == text;
  });
}

}  // namespace

absl::StatusOr<std::vector<PlanSection>> Arranged(const std::vector<PlanSection>& sections,
                                                  const std::vector<PlanSectionKind>& kinds,
                                                  const std::vector<PlanSection>& before) {
  absl::flat_hash_map<absl::string_view, const PlanSection*> by_kind;
  for (const PlanSection& section : sections) {
    if (!by_kind.emplace(section.kind_id, &section).second) return PlanSectionKindUnknown();
  }
  std::vector<PlanSection> arranged;
  for (const PlanSectionKind& kind : kinds) {
    const auto found = by_kind.find(kind.id);
    if (found == by_kind.end()) continue;
    const std::string& text = found->second->text;
    if (!text::IsBlank(text)) {
      if (kind.retired && !HasText(before, kind.id, text)) return PlanSectionKindRetired();
      arranged.push_back({kind.id, kind.title, text});
    }
    by_kind.erase(found);
  }
  if (!by_kind.empty()) return PlanSectionKindUnknown();
  return arranged;
}

std::string CheckedTitle(absl::string_view title, status::FieldViolations& violations) {
  title = text::Trimmed(title);
  if (title.empty()) violations.Add("title", "is required");
  const auto composed = text::ComposedWithin(title, kMaxKindTitleCharacters);
  if (!composed.has_value()) {
    violations.Add("title",
                   absl::StrCat("must have at most ", kMaxKindTitleCharacters, " characters"));
  }
  if (text::HasControlCharacter(title, text::Lines::kOne)) {
    violations.Add("title", "must not have control characters");
  }
  return composed.value_or("");
}

absl::StatusOr<std::vector<PlanSectionKind>> WithKindAt(std::vector<PlanSectionKind> kinds,
                                                        PlanSectionKind kind) {
  RETURN_IF_ERROR(KindIn(kinds, kind.id).status());
  std::erase_if(kinds, [&](const PlanSectionKind& it) { return it.id == kind.id; });
  const size_t place = std::min<size_t>(std::max(kind.position, 1) - 1, kinds.size());
  kinds.insert(kinds.begin() + place, std::move(kind));
  for (size_t i = 0; i < kinds.size(); ++i) kinds[i].position = static_cast<int>(i) + 1;
  return kinds;
}

absl::StatusOr<PlanSectionKind> KindIn(const std::vector<PlanSectionKind>& kinds,
                                       absl::string_view kind_id) {
  for (const PlanSectionKind& kind : kinds) {
    if (kind.id == kind_id) return kind;
  }
  return PlanSectionKindUnknown();
}

}  // namespace portal::records
