#include "services/records/domain/treatment_plan.h"

#include <algorithm>

#include "absl/strings/string_view.h"

namespace portal::records {

namespace {

const PlanSection* Find(const std::vector<PlanSection>& sections, absl::string_view kind_id) {
  const auto found = std::find_if(sections.begin(), sections.end(),
                                  [&](const PlanSection& it) { return it.kind_id == kind_id; });
  return found == sections.end() ? nullptr : &*found;
}

}  // namespace

bool PlanAccess::visibility_known() const {
  if (visibility_change.has_value()) return visibility_change->hidden == hidden;
  return visibility_recorded && !hidden;
}

std::optional<PlanAccess::VisibilityChange> PlanAccess::LastVisibilityChange() const {
  return visibility_known() ? visibility_change : std::nullopt;
}

std::optional<absl::Time> PlanAccess::ShownSince() const {
  if (!shown() || !visibility_known() || !present_since.has_value()) return std::nullopt;
  absl::Time since = *present_since;
  if (visibility_change.has_value()) since = std::max(since, visibility_change->changed_at);
  if (moved_at.has_value()) since = std::max(since, *moved_at);
  return since;
}

std::vector<SectionChange> Difference(const std::vector<PlanSection>& then,
                                      const std::vector<PlanSection>& now) {
  std::vector<SectionChange> changes;
  for (const PlanSection& section : now) {
    const PlanSection* before = Find(then, section.kind_id);
    if (before == nullptr) {
      changes.push_back({section.kind_id, section.title, std::nullopt, section.text});
    } else if (before->text != section.text) {
      changes.push_back({section.kind_id, section.title, before->text, section.text});
    }
  }
  for (const PlanSection& section : then) {
    if (Find(now, section.kind_id) == nullptr) {
      changes.push_back({section.kind_id, section.title, section.text, std::nullopt});
    }
  }
  return changes;
}

}  // namespace portal::records
