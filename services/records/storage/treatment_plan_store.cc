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

std::vector<TreatmentPlan> PlansOf(const db::Rows& rows) {
  std::vector<TreatmentPlan> plans;
  for (const db::Row& row : rows) plans.push_back(PlanOf(row));
  return plans;
}

}  // namespace

absl::StatusOr<TreatmentPlan> TreatmentPlanStore::Get(const db::CallOptions& call,
                                                      const id::PatientId& patient_id,
                                                      const id::SoapChartId& plan_id) const {
  return pool_.Read(call, [&](db::Session& session) -> absl::StatusOr<TreatmentPlan> {
    const auto row = session.Exec(queries::kGetTreatmentPlan, patient_id, plan_id).AtMostOne();
    if (row.has_value()) return PlanOf(*row);
    return IsPatient(session, patient_id) ? TreatmentPlanNotFound() : PatientNotFound();
  });
}

absl::StatusOr<std::vector<TreatmentPlan>> TreatmentPlanStore::List(const db::CallOptions& call,
                                                                    const id::PatientId& patient_id,
                                                                    const EncounterPosition& after,
                                                                    int limit) const {
  return pool_.Read(call, [&](db::Session& session) -> absl::StatusOr<std::vector<TreatmentPlan>> {
    auto plans = PlansOf(session.Exec(queries::kListTreatmentPlans, patient_id,
                                      DayNumber(after.encounter_date), after.id, limit));
    if (plans.empty() && !IsPatient(session, patient_id)) return PatientNotFound();
    return plans;
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
