#include "services/records/storage/soap_chart_store.h"

#include <optional>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "libs/status/errors.h"
#include "services/records/domain/errors.h"
#include "services/records/domain/limits.h"
#include "services/records/storage/day.h"
#include "services/records/storage/patient_store.h"
#include "services/records/storage/plan_section_kind_store.h"
#include "services/records/storage/queries.h"

namespace portal::records {
namespace {

SoapChart ChartOf(const db::Row& row) {
  return {
      .id = row.Id<id::SoapChartId>("soap_chart_id"),
      .clinic_id = row.Id<id::ClinicId>("clinic_id"),
      .patient_id = row.Id<id::PatientId>("patient_id"),
      .practitioner_account_id = row.Id<id::AccountId>("practitioner_account_id"),
      .practitioner_display_name = row.Text("practitioner_display_name"),
      .encounter_date = DayOf(row, "encounter_day"),
      .subjective = row.Text("subjective"),
      .objective = row.Text("objective"),
      .assessment = row.Text("assessment"),
      .plan_sections = SectionsOf(row),
      .version = row.Int64("version"),
      .created_at = row.Time("created_us"),
      .updated_at = row.Time("updated_us"),
      .plan_updated_at = row.Time("plan_updated_us"),
      .locked_at = row.OptionalTime("locked_us"),
      .plan_hidden = row.Bool("plan_hidden"),
  };
}

// Reads the addenda and moves of the charts.
void AddHistory(db::Session& session, std::vector<SoapChart>& charts) {
  if (charts.empty()) return;
  absl::flat_hash_map<id::SoapChartId, SoapChart*> by_id;
  std::vector<id::SoapChartId> ids;
  for (SoapChart& chart : charts) {
    by_id.emplace(chart.id, &chart);
    ids.push_back(chart.id);
  }
  for (const db::Row& row : session.Exec(queries::kListSoapChartAddenda, ids)) {
    by_id.at(row.Id<id::SoapChartId>("soap_chart_id"))
        ->addenda.push_back({.id = row.Uuid("addendum_id"),
                             .text = row.Text("text"),
                             .author_account_id = row.Id<id::AccountId>("author_account_id"),
                             .author_display_name = row.Text("author_display_name"),
                             .created_at = row.Time("created_us")});
  }
  for (const db::Row& row : session.Exec(queries::kListSoapChartMoves, ids)) {
    by_id.at(row.Id<id::SoapChartId>("soap_chart_id"))
        ->moves.push_back({.from = row.Id<id::PatientId>("from_patient_id"),
                           .to = row.Id<id::PatientId>("to_patient_id"),
                           .reason = row.Text("reason"),
                           .mover_account_id = row.Id<id::AccountId>("moved_by_account_id"),
                           .mover_display_name = row.Text("moved_by_display_name"),
                           .moved_at = row.Time("moved_us")});
  }
}

absl::StatusOr<SoapChart> Find(db::Session& session, const id::ClinicId& clinic_id,
                               const id::SoapChartId& chart_id) {
  const auto row = session.Exec(queries::kGetSoapChart, clinic_id, chart_id).AtMostOne();
  if (!row.has_value()) return SoapChartNotFound();
  std::vector<SoapChart> charts = {ChartOf(*row)};
  AddHistory(session, charts);
  return std::move(charts[0]);
}

void InsertSections(db::Transaction& transaction, const SoapChart& chart) {
  if (chart.plan_sections.empty()) return;
  std::vector<std::string> kind_ids, texts;
  for (const PlanSection& section : chart.plan_sections) {
    kind_ids.push_back(section.kind_id);
    texts.push_back(section.text);
  }
  transaction.Exec(queries::kInsertPlanSections, chart.clinic_id, chart.id, kind_ids, texts);
}

}  // namespace

void SoapChartStore::Insert(db::Transaction& transaction, const SoapChart& chart) const {
  transaction.Exec(queries::kInsertSoapChart, chart.id, chart.clinic_id, chart.patient_id,
                   chart.practitioner_account_id, chart.practitioner_display_name,
                   DayNumber(chart.encounter_date), chart.subjective, chart.objective,
                   chart.assessment, chart.version, chart.created_at, chart.updated_at,
                   chart.plan_updated_at);
  InsertSections(transaction, chart);
  if (!chart.plan_sections.empty()) {
    transaction.Exec(queries::kInsertPlanRevision, chart.clinic_id, chart.id,
                     chart.practitioner_account_id);
  }
}

absl::StatusOr<SoapChart> SoapChartStore::Get(const db::CallOptions& call,
                                              const id::ClinicId& clinic_id,
                                              const id::SoapChartId& chart_id) const {
  return pool_.Read(call, [&](db::Session& session) { return Find(session, clinic_id, chart_id); });
}

absl::StatusOr<std::vector<SoapChart>> SoapChartStore::List(const db::CallOptions& call,
                                                            const id::ClinicId& clinic_id,
                                                            const id::PatientId& patient_id,
                                                            const EncounterPosition& after,
                                                            int limit) const {
  return pool_.Read(call, [&](db::Session& session) -> absl::StatusOr<std::vector<SoapChart>> {
    std::vector<SoapChart> charts;
    for (const db::Row& row : session.Exec(queries::kListSoapCharts, clinic_id, patient_id,
                                           DayNumber(after.encounter_date), after.id, limit)) {
      charts.push_back(ChartOf(row));
    }
    if (charts.empty() && !IsPatientOf(session, clinic_id, patient_id)) return PatientNotFound();
    AddHistory(session, charts);
    return charts;
  });
}

absl::StatusOr<SoapChart> SoapChartStore::GetForChange(db::Transaction& transaction,
                                                       const id::ClinicId& clinic_id,
                                                       const id::SoapChartId& chart_id) const {
  // Two statements, because the second one's snapshot is taken after the wait for the lock: it sees
  // the sections that whoever held it has left.
  transaction.Exec(queries::kLockSoapChartRow, clinic_id, chart_id);
  return Find(transaction, clinic_id, chart_id);
}

absl::Status SoapChartStore::Update(db::Transaction& transaction, const SoapChart& before,
                                    const SoapChart& after, const id::AccountId& changer) const {
  const bool sections_changed = before.plan_sections != after.plan_sections;
  // Sections first: a locked chart's do not change any more.
  if (sections_changed) {
    transaction.Exec(queries::kDeletePlanSections, before.clinic_id, before.id);
    InsertSections(transaction, after);
  }
  if (after.locked_at.has_value()) {
    transaction.Exec(queries::kSignPlanSections, before.clinic_id, before.id);
  }
  const db::Rows updated = transaction.Exec(
      queries::kUpdateSoapChart, before.clinic_id, before.id, before.version,
      DayNumber(after.encounter_date), after.subjective, after.objective, after.assessment,
      after.version, after.updated_at, after.plan_updated_at, after.locked_at);
  if (updated.affected() == 0) return status::EtagMismatch();
  if (PlanChanged(before, after)) {
    transaction.Exec(queries::kInsertPlanRevision, before.clinic_id, before.id, changer);
  }
  return absl::OkStatus();
}

absl::Status SoapChartStore::Move(db::Transaction& transaction, const SoapChart& before,
                                  const SoapChart& after) const {
  const ChartMove& move = after.moves.back();
  const db::Rows moved = transaction.Exec(
      queries::kMoveSoapChart, before.clinic_id, before.id, before.version, move.to, after.version,
      after.updated_at, move.from, move.reason, move.mover_account_id, move.mover_display_name);
  if (moved.affected() == 0) return status::EtagMismatch();
  return absl::OkStatus();
}

absl::Status SoapChartStore::SetPlanHidden(db::Transaction& transaction, const SoapChart& before,
                                           const SoapChart& after, const Changer& changer) const {
  const db::Rows updated =
      transaction.Exec(queries::kSetPlanHidden, before.clinic_id, before.id, before.version,
                       after.plan_hidden, after.version, after.updated_at);
  if (updated.affected() == 0) return status::EtagMismatch();
  if (before.plan_hidden != after.plan_hidden) {
    transaction.Exec(queries::kInsertPlanVisibilityChange, after.clinic_id, after.id, after.version,
                     after.plan_hidden, changer.account_id, changer.display_name, after.updated_at);
  }
  return absl::OkStatus();
}

void SoapChartStore::Insert(db::Transaction& transaction, const SoapChart& chart,
                            const Addendum& addendum) const {
  transaction.Exec(queries::kInsertSoapChartAddendum, addendum.id, chart.clinic_id, chart.id,
                   addendum.text, addendum.author_account_id, addendum.author_display_name,
                   addendum.created_at);
}

bool SoapChartStore::MarkHoldersTold(db::Transaction& transaction, const SoapChart& chart,
                                     absl::Time now) const {
  return transaction
             .Exec(queries::kMarkHoldersTold, chart.clinic_id, chart.id, now, now - kNoticeInterval)
             .affected() > 0;
}

std::optional<absl::Time> SoapChartStore::HoldersToldAt(db::Transaction& transaction,
                                                        const SoapChart& chart) const {
  return transaction.Exec(queries::kGetHoldersTold, chart.clinic_id, chart.id)
      .One()
      .OptionalTime("told_us");
}

void SoapChartStore::ForgetHoldersTold(db::Transaction& transaction, const SoapChart& chart) const {
  transaction.Exec(queries::kForgetHoldersTold, chart.clinic_id, chart.id);
}

}  // namespace portal::records
