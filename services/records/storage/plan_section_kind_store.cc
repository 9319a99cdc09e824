#include "services/records/storage/plan_section_kind_store.h"

#include <string>
#include <utility>

#include "services/records/storage/queries.h"

namespace portal::records {
namespace {

std::vector<PlanSectionKind> ListOf(db::Session& session, const id::ClinicId& clinic_id) {
  std::vector<PlanSectionKind> kinds;
  for (const db::Row& row : session.Exec(queries::kListPlanSectionKinds, clinic_id)) {
    kinds.push_back({.id = row.Text("kind_id"),
                     .title = row.Text("title"),
                     .position = static_cast<int>(row.Int64("position")),
                     .retired = row.Bool("retired")});
  }
  return kinds;
}

}  // namespace

absl::StatusOr<std::vector<PlanSectionKind>> PlanSectionKindStore::List(
    const db::CallOptions& call, const id::ClinicId& clinic_id) const {
  return pool_.Read(call,
                    [&](db::Session& session) -> absl::StatusOr<std::vector<PlanSectionKind>> {
                      std::vector<PlanSectionKind> kinds = ListOf(session, clinic_id);
                      return kinds.empty() ? StartingPlanSectionKinds() : std::move(kinds);
                    });
}

std::vector<PlanSectionKind> PlanSectionKindStore::Ensure(db::Transaction& transaction,
                                                          const id::ClinicId& clinic_id) const {
  std::vector<PlanSectionKind> kinds = ListOf(transaction, clinic_id);
  if (!kinds.empty()) return kinds;
  std::vector<std::string> ids, titles;
  for (const PlanSectionKind& kind : StartingPlanSectionKinds()) {
    ids.push_back(kind.id);
    titles.push_back(kind.title);
  }
  transaction.Exec(queries::kInsertStartingPlanSectionKinds, clinic_id, ids, titles);
  // Somebody else may have been quicker.
  return ListOf(transaction, clinic_id);
}

std::vector<PlanSectionKind> PlanSectionKindStore::GetForChange(
    db::Transaction& transaction, const id::ClinicId& clinic_id) const {
  Ensure(transaction, clinic_id);
  transaction.Exec(queries::kLockPlanSectionKinds, clinic_id);
  // Whoever held the lock may have changed them.
  return ListOf(transaction, clinic_id);
}

void PlanSectionKindStore::Insert(db::Transaction& transaction, const id::ClinicId& clinic_id,
                                  const PlanSectionKind& kind) const {
  transaction.Exec(queries::kInsertPlanSectionKind, clinic_id, kind.id, kind.title, kind.position);
}

void PlanSectionKindStore::Update(db::Transaction& transaction, const id::ClinicId& clinic_id,
                                  const std::vector<PlanSectionKind>& kinds, absl::Time now) const {
  std::vector<std::string> ids, titles, retired;
  for (const PlanSectionKind& kind : kinds) {
    ids.push_back(kind.id);
    titles.push_back(kind.title);
    retired.push_back(kind.retired ? "true" : "false");
  }
  transaction.Exec(queries::kUpdatePlanSectionKinds, clinic_id, ids, titles, retired, now);
}

std::vector<PlanSection> SectionsOf(const db::Row& row, const std::string& prefix) {
  std::vector<PlanSection> sections;
  const auto column = [&](const char* name) { return prefix + name; };
  if (row.IsNull(column("kind_ids").c_str())) return sections;
  const std::vector<std::string> kind_ids = row.TextArray(column("kind_ids").c_str());
  const std::vector<std::string> titles = row.TextArray(column("titles").c_str());
  std::vector<std::string> texts = row.TextArray(column("texts").c_str());
  for (size_t i = 0; i < kind_ids.size(); ++i) {
    sections.push_back({kind_ids[i], titles[i], std::move(texts[i])});
  }
  return sections;
}

}  // namespace portal::records
