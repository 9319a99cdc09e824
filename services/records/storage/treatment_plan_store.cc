#include "services/records/storage/treatment_plan_store.h"

#include "services/records/domain/errors.h"
#include "services/records/storage/day.h"
#include "services/records/storage/patient_store.h"
#include "services/records/storage/plan_section_kind_store.h"
#include "services/records/storage/queries.h"

namespace portal::records {
namespace {

TreatmentPlan PlanOf(const db::Row& row) {
  return {
      .id = row.Id<id::SoapChartId>("soap_chart_id"),
      .clinic_id = row.Id<id::ClinicId>("clinic_id"),
      .patient_id = row.Id<id::PatientId>("patient_id"),
      .practitioner_display_name = row.Text("practitioner_display_name"),
      .encounter_date = DayOf(row, "encounter_day"),
      .sections = SectionsOf(row),
      .is_signed = row.Bool("signed"),
      .updated_at = row.Time("plan_updated_us"),
  };
}

PlanView ViewOf(const db::Row& row) {
  return {.plan = PlanOf(row),
          .revision = row.Int64("revision"),
          .seen_revision = row.OptionalInt64("seen_revision")};
}

// Of the columns seen_*; nothing if that is what the plan is now.
std::optional<PlanRevision> ThenOf(const db::Row& row, const PlanView& view) {
  if (!view.changed()) return std::nullopt;
  return PlanRevision{.number = *view.seen_revision,
                      .encounter_date = DayOf(row, "seen_day"),
                      .is_signed = row.Bool("seen_signed"),
                      .sections = SectionsOf(row, "seen_")};
}

PlanAccess AccessOf(const db::Row& row, const id::PatientId& asked_for) {
  PlanAccess access{.asked_for = asked_for,
                    .patient_id = row.Id<id::PatientId>("patient_id"),
                    .is_signed = row.Bool("signed"),
                    .present = row.Bool("present"),
                    .hidden = row.Bool("plan_hidden"),
                    .present_since = row.OptionalTime("present_us"),
                    .visibility_recorded = row.Bool("plan_visibility_recorded"),
                    .moved_at = row.OptionalTime("moved_us")};
  if (const auto changed_at = row.OptionalTime("visibility_us"); changed_at.has_value()) {
    access.visibility_change = {.hidden = row.Bool("hidden"),
                                .changed_by = row.Id<id::AccountId>("changed_by_account_id"),
                                .changed_by_display_name = row.Text("changed_by_display_name"),
                                .changed_at = *changed_at};
  }
  return access;
}

absl::Status NotFound(db::Session& session, const id::PatientId& patient_id) {
  return IsPatient(session, patient_id) ? TreatmentPlanNotFound() : PatientNotFound();
}

}  // namespace

absl::StatusOr<TreatmentPlanStore::Seen> TreatmentPlanStore::Get(
    const db::CallOptions& call, const id::PatientId& patient_id, const id::SoapChartId& plan_id,
    const id::AccountId& account_id) const {
  return pool_.Read(call, [&](db::Session& session) -> absl::StatusOr<Seen> {
    const auto row =
        session.Exec(queries::kGetTreatmentPlan, patient_id, plan_id, account_id).AtMostOne();
    if (!row.has_value()) return NotFound(session, patient_id);
    Seen seen{.view = ViewOf(*row)};
    seen.then = ThenOf(*row, seen.view);
    return seen;
  });
}

absl::StatusOr<std::vector<PlanView>> TreatmentPlanStore::List(
    const db::CallOptions& call, const id::PatientId& patient_id, const EncounterPosition& after,
    int limit, const id::AccountId& account_id) const {
  return pool_.Read(call, [&](db::Session& session) -> absl::StatusOr<std::vector<PlanView>> {
    std::vector<PlanView> plans;
    for (const db::Row& row :
         session.Exec(queries::kListTreatmentPlans, patient_id, DayNumber(after.encounter_date),
                      after.id, limit, account_id)) {
      plans.push_back(ViewOf(row));
    }
    if (plans.empty() && !IsPatient(session, patient_id)) return PatientNotFound();
    return plans;
  });
}

absl::StatusOr<bool> TreatmentPlanStore::MarkSeen(db::Transaction& transaction,
                                                  const id::PatientId& patient_id,
                                                  const id::SoapChartId& plan_id,
                                                  const id::AccountId& account_id, int64_t revision,
                                                  absl::Time now) const {
  const auto plan =
      transaction
          .Exec(queries::kMarkTreatmentPlanSeen, patient_id, plan_id, account_id, revision, now)
          .AtMostOne();
  if (!plan.has_value()) return NotFound(transaction, patient_id);
  return plan->Bool("marked");
}

absl::StatusOr<TreatmentPlanStore::Revisions> TreatmentPlanStore::ListRevisions(
    const db::CallOptions& call, const id::ClinicId& clinic_id, const id::SoapChartId& plan_id,
    int64_t before, int limit) const {
  return pool_.Read(call, [&](db::Session& session) -> absl::StatusOr<Revisions> {
    const auto chart =
        session.Exec(queries::kFindPatientOfSoapChart, clinic_id, plan_id).AtMostOne();
    if (!chart.has_value()) return SoapChartNotFound();
    Revisions found{.patient_id = chart->Id<id::PatientId>("patient_id")};
    for (const db::Row& row :
         session.Exec(queries::kListPlanRevisions, clinic_id, plan_id, before, limit)) {
      found.revisions.push_back({.number = row.Int64("revision"),
                                 .encounter_date = DayOf(row, "encounter_day"),
                                 .is_signed = row.Bool("signed"),
                                 .sections = SectionsOf(row),
                                 .changed_by = row.Id<id::AccountId>("changed_by_account_id"),
                                 .changed_at = row.Time("changed_us")});
    }
    return found;
  });
}

absl::StatusOr<PlanAccess> TreatmentPlanStore::ExplainAccess(
    const db::CallOptions& call, const id::ClinicId& clinic_id, const id::PatientId& patient_id,
    const id::SoapChartId& chart_id) const {
  return pool_.Read(call, [&](db::Session& session) -> absl::StatusOr<PlanAccess> {
    const auto row =
        session.Exec(queries::kExplainTreatmentPlanAccess, clinic_id, patient_id, chart_id)
            .AtMostOne();
    if (row.has_value()) return AccessOf(*row, patient_id);
    return IsPatientOf(session, clinic_id, patient_id) ? SoapChartNotFound() : PatientNotFound();
  });
}

absl::StatusOr<std::vector<TreatmentPlan>> TreatmentPlanStore::ListAtClinic(
    const db::CallOptions& call, const id::ClinicId& clinic_id, const id::PatientId& patient_id,
    const EncounterPosition& after, int limit) const {
  return pool_.Read(call, [&](db::Session& session) -> absl::StatusOr<std::vector<TreatmentPlan>> {
    std::vector<TreatmentPlan> plans;
    for (const db::Row& row :
         session.Exec(queries::kListTreatmentPlansAtClinic, clinic_id, patient_id,
                      DayNumber(after.encounter_date), after.id, limit)) {
      plans.push_back(PlanOf(row));
      plans.back().hidden = row.Bool("plan_hidden");
    }
    if (plans.empty() && !IsPatientOf(session, clinic_id, patient_id)) return PatientNotFound();
    return plans;
  });
}

}  // namespace portal::records
