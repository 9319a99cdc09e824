#ifndef SERVICES_RECORDS_STORAGE_TREATMENT_PLAN_STORE_H_
#define SERVICES_RECORDS_STORAGE_TREATMENT_PLAN_STORE_H_

#include <vector>

#include "absl/status/statusor.h"
#include "libs/db/pool.h"
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
  absl::StatusOr<TreatmentPlan> Get(const db::CallOptions& call, const id::PatientId& patient_id,
                                    const id::SoapChartId& plan_id) const;

  // At most `limit` of the patient's plans. For account holders: the caller sees to the grant.
  // PATIENT_NOT_FOUND.
  absl::StatusOr<std::vector<TreatmentPlan>> List(const db::CallOptions& call,
                                                  const id::PatientId& patient_id,
                                                  const EncounterPosition& after, int limit) const;

  // The same for staff. PATIENT_NOT_FOUND unless the clinic has the patient.
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
