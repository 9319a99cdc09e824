#ifndef SERVICES_RECORDS_STORAGE_PLAN_SECTION_KIND_STORE_H_
#define SERVICES_RECORDS_STORAGE_PLAN_SECTION_KIND_STORE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/db/pool.h"
#include "libs/db/session.h"
#include "libs/id/ids.h"
#include "services/records/domain/plan_section.h"

namespace portal::records {

// The clinics' lists of plan sections. Thread-safe.
class PlanSectionKindStore {
 public:
  // `pool` outlives the store.
  explicit PlanSectionKindStore(db::Pool& pool) : pool_(pool) {}

  // The clinic's list in its order: the starting list until the clinic has written its first chart.
  absl::StatusOr<std::vector<PlanSectionKind>> List(const db::CallOptions& call,
                                                    const id::ClinicId& clinic_id) const;

  // The same for a change that will refer to it: makes the list if the clinic has none, once,
  // however many changes come at the same time.
  std::vector<PlanSectionKind> Ensure(db::Transaction& transaction,
                                      const id::ClinicId& clinic_id) const;

  // Ensure(), and nobody else changes the list until the transaction ends.
  std::vector<PlanSectionKind> GetForChange(db::Transaction& transaction,
                                            const id::ClinicId& clinic_id) const;
  void Insert(db::Transaction& transaction, const id::ClinicId& clinic_id,
              const PlanSectionKind& kind) const;
  // Makes the list, of the kinds that GetForChange returned, say this.
  void Update(db::Transaction& transaction, const id::ClinicId& clinic_id,
              const std::vector<PlanSectionKind>& kinds, absl::Time now) const;

 private:
  db::Pool& pool_;
};

// The columns kind_ids, titles and texts, with a prefix, of a chart, plan or revision, none of them
// if it has no sections.
std::vector<PlanSection> SectionsOf(const db::Row& row, const std::string& prefix = "");

}  // namespace portal::records

#endif  // SERVICES_RECORDS_STORAGE_PLAN_SECTION_KIND_STORE_H_
