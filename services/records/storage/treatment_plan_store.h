#ifndef SERVICES_RECORDS_STORAGE_TREATMENT_PLAN_STORE_H_
#define SERVICES_RECORDS_STORAGE_TREATMENT_PLAN_STORE_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/db/pool.h"
#include "libs/db/session.h"
#include "libs/id/ids.h"
#include "services/records/domain/treatment_plan.h"
#include "services/records/storage/position.h"

namespace portal::records {

// Treatment plans, generated from charts as they are read. Thread-safe. Besides the errors named,
// what libs/db/pool.h lists.
class TreatmentPlanStore {
 public:
  // `pool` outlives the store.
  explicit TreatmentPlanStore(db::Pool& pool) : pool_(pool) {}

  // For account holders: the caller sees to the grant. PATIENT_NOT_FOUND; TREATMENT_PLAN_NOT_FOUND
  // if the patient has no such chart or it has no plan.
  // Together with what `account_id` last saw of it, if that is another revision.
  struct Seen {
    PlanView view;
    std::optional<PlanRevision> then;
  };
  absl::StatusOr<Seen> Get(const db::CallOptions& call, const id::PatientId& patient_id,
                           const id::SoapChartId& plan_id, const id::AccountId& account_id) const;

  // At most `limit` of the patient's plans. For account holders: the caller sees to the grant.
  // PATIENT_NOT_FOUND.
  absl::StatusOr<std::vector<PlanView>> List(const db::CallOptions& call,
                                             const id::PatientId& patient_id,
                                             const EncounterPosition& after, int limit,
                                             const id::AccountId& account_id) const;

  // That the account has seen a revision, one that an answer showed to it. False, and nothing
  // changes, if it has marked this one or a later one before. PATIENT_NOT_FOUND;
  // TREATMENT_PLAN_NOT_FOUND as Get.
  absl::StatusOr<bool> MarkSeen(db::Transaction& transaction, const id::PatientId& patient_id,
                                const id::SoapChartId& plan_id, const id::AccountId& account_id,
                                int64_t revision, absl::Time now) const;

  // What a plan of the clinic showed before revision `before`, newest first, and whose it is now.
  // SOAP_CHART_NOT_FOUND unless the clinic has the chart.
  struct Revisions {
    id::PatientId patient_id;
    std::vector<PlanRevision> revisions;
  };
  absl::StatusOr<Revisions> ListRevisions(const db::CallOptions& call,
                                          const id::ClinicId& clinic_id,
                                          const id::SoapChartId& plan_id, int64_t before,
                                          int limit) const;

  // For staff: why the plan of a chart, which is the patient's or was, is shown to holders or not.
  // PATIENT_NOT_FOUND unless the clinic has the patient, SOAP_CHART_NOT_FOUND unless the chart ever
  // was the patient's.
  absl::StatusOr<PlanAccess> ExplainAccess(const db::CallOptions& call,
                                           const id::ClinicId& clinic_id,
                                           const id::PatientId& patient_id,
                                           const id::SoapChartId& chart_id) const;

  // The same plans for staff. PATIENT_NOT_FOUND unless the clinic has the patient.
  absl::StatusOr<std::vector<TreatmentPlan>> ListAtClinic(const db::CallOptions& call,
                                                          const id::ClinicId& clinic_id,
                                                          const id::PatientId& patient_id,
                                                          const EncounterPosition& after,
                                                          int limit) const;

 private:
  db::Pool& pool_;
};

}  // namespace portal::records

#endif  // SERVICES_RECORDS_STORAGE_TREATMENT_PLAN_STORE_H_
