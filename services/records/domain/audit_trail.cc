#include "services/records/domain/audit_trail.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "services/records/domain/limits.h"

namespace portal::records {

Access AccessOf(absl::string_view action) {
  static const auto& kAccesses = *new absl::flat_hash_map<absl::string_view, Access>{
      {"records.CreatePatient", {RecordPart::kProfile, true}},
      {"records.UpdatePatient", {RecordPart::kProfile, true}},
      {"records.MergePatients", {RecordPart::kProfile, true}},
      {"records.GetPatient", {RecordPart::kProfile, false}},
      {"records.GetMyPatient", {RecordPart::kProfile, false}},
      {"records.ListPatients", {RecordPart::kListing, false}},
      {"records.SearchPatients", {RecordPart::kListing, false}},
      {"records.FindDuplicatePatients", {RecordPart::kListing, false}},
      {"records.CreateSoapChart", {RecordPart::kCharts, true}},
      {"records.UpdateSoapChart", {RecordPart::kCharts, true}},
      {"records.LockSoapChart", {RecordPart::kCharts, true}},
      {"records.AddSoapChartAddendum", {RecordPart::kCharts, true}},
      {"records.MoveSoapChart", {RecordPart::kCharts, true}},
      // That a plan is kept from holders must not show as something that happened to a plan.
      {"records.SetPlanVisibility", {RecordPart::kCharts, true}},
      {"records.ExplainTreatmentPlanAccess", {RecordPart::kCharts, false}},
      {"records.GetSoapChart", {RecordPart::kCharts, false}},
      {"records.ListSoapCharts", {RecordPart::kCharts, false}},
      {"records.ListTreatmentPlans", {RecordPart::kTreatmentPlans, false}},
      {"records.ListPlanRevisions", {RecordPart::kTreatmentPlans, false}},
      {"records.ListMyTreatmentPlans", {RecordPart::kTreatmentPlans, false}},
      {"records.GetMyTreatmentPlan", {RecordPart::kTreatmentPlans, false}},
      {"records.MarkTreatmentPlanSeen", {RecordPart::kTreatmentPlans, false}},
      {"records.ListPatientAuditEvents", {RecordPart::kAccesses, false}},
      {"records.ListMyRecordAccesses", {RecordPart::kAccesses, false}},
  };
  const auto it = kAccesses.find(action);
  return it == kAccesses.end() ? Access{RecordPart::kOther, false} : it->second;
}

std::vector<RecordAccess> Collapse(const std::vector<AccessCount>& counts) {
  using Key = std::tuple<absl::CivilDay, ActorKind, std::optional<id::AccountId>, RecordPart, bool>;
  std::map<Key, RecordAccess> entries;
  for (const AccessCount& it : counts) {
    const Access access = AccessOf(it.action);
    const bool changed = access.changes && !it.repeated;
    const bool of_other_holders = it.actor_kind == ActorKind::kAccount && !it.actor_id.has_value();
    const absl::Time last_at =
        of_other_holders ? absl::FromCivil(it.day, absl::UTCTimeZone()) : it.last_at;
    const auto place =
        entries.try_emplace({it.day, it.actor_kind, it.actor_id, access.part, changed},
                            RecordAccess{.day = it.day,
                                         .last_at = last_at,
                                         .actor_kind = it.actor_kind,
                                         .actor_id = it.actor_id,
                                         .part = access.part,
                                         .changed = changed});
    RecordAccess& entry = place.first->second;
    entry.count += it.count;
    if (entry.actor_name.empty() || (last_at > entry.last_at && !it.actor_name.empty())) {
      entry.actor_name = it.actor_name;
    }
    entry.last_at = std::max(entry.last_at, last_at);
  }
  std::vector<RecordAccess> accesses;
  for (auto& [key, entry] : entries) accesses.push_back(std::move(entry));
  // Of what comes at the same time the order of the keys stays.
  std::stable_sort(
      accesses.begin(), accesses.end(),
      [](const RecordAccess& a, const RecordAccess& b) { return a.last_at > b.last_at; });
  return accesses;
}

absl::Time OtherHoldersShownUntil(absl::Time now) {
  const absl::TimeZone utc = absl::UTCTimeZone();
  return absl::FromCivil(absl::ToCivilDay(now - kLateAccesses, utc), utc);
}

}  // namespace portal::records
