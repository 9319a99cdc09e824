#include "services/records/domain/audit_trail.h"

#include <map>
#include <tuple>

#include "absl/container/flat_hash_map.h"

namespace portal::records {
namespace {

constexpr absl::string_view kRepeated = "REPEATED";

absl::CivilDay DayOf(const AuditEvent& event) {
  return absl::ToCivilDay(event.occurred_at, absl::UTCTimeZone());
}

}  // namespace

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

std::vector<RecordAccess> Collapse(const std::vector<AuditEvent>& events,
                                   const id::AccountId& viewer) {
  using Key = std::tuple<absl::CivilDay, ActorKind, std::optional<id::AccountId>, RecordPart, bool>;
  std::map<Key, size_t> places;
  std::vector<RecordAccess> accesses;
  for (const AuditEvent& event : events) {
    Access access = AccessOf(event.action);
    if (event.outcome == kRepeated) access.changes = false;  // it showed once more what it had done
    const absl::CivilDay day = DayOf(event);
    const bool of_another_holder =
        event.actor_kind == ActorKind::kAccount && event.actor_id != viewer;
    const std::optional<id::AccountId> actor_id = of_another_holder ? std::nullopt : event.actor_id;
    const auto [it, is_new] = places.try_emplace(
        {day, event.actor_kind, actor_id, access.part, access.changes}, accesses.size());
    if (is_new) {
      accesses.push_back({.day = day,
                          .last_at = of_another_holder ? absl::FromCivil(day, absl::UTCTimeZone())
                                                       : event.occurred_at,
                          .actor_kind = event.actor_kind,
                          .actor_id = actor_id,
                          .part = access.part,
                          .changed = access.changes});
    }
    RecordAccess& entry = accesses[it->second];
    ++entry.count;
    if (entry.actor_name.empty()) entry.actor_name = event.actor_name;
  }
  return accesses;
}

size_t WholeDays(const std::vector<AuditEvent>& events, size_t limit) {
  if (events.size() <= limit) return events.size();
  const absl::CivilDay oldest = DayOf(events[limit - 1]);
  // The day is whole if what comes after it is of an earlier one.
  if (DayOf(events[limit]) != oldest) return limit;
  size_t whole = limit;
  while (whole > 0 && DayOf(events[whole - 1]) == oldest) --whole;
  return whole > 0 ? whole : limit;
}

}  // namespace portal::records
