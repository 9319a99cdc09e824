#ifndef SERVICES_RECORDS_STORAGE_SOAP_CHART_STORE_H_
#define SERVICES_RECORDS_STORAGE_SOAP_CHART_STORE_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/db/pool.h"
#include "libs/db/session.h"
#include "libs/id/ids.h"
#include "services/records/domain/soap_chart.h"
#include "services/records/storage/position.h"

namespace portal::records {

// SOAP charts with their plan sections, and the revisions of the plans generated from them.
// Thread-safe. Besides the errors named, what libs/db/pool.h lists.
class SoapChartStore {
 public:
  // `pool` outlives the store.
  explicit SoapChartStore(db::Pool& pool) : pool_(pool) {}

  // The transaction fails with PATIENT_NOT_FOUND unless the clinic has the patient, and with
  // PLAN_SECTION_KIND_UNKNOWN unless it has the sections' kinds.
  void Insert(db::Transaction& transaction, const SoapChart& chart) const;

  // SOAP_CHART_NOT_FOUND unless the clinic has the chart.
  absl::StatusOr<SoapChart> Get(const db::CallOptions& call, const id::ClinicId& clinic_id,
                                const id::SoapChartId& chart_id) const;

  // At most `limit` of the patient's charts. PATIENT_NOT_FOUND unless the clinic has the patient.
  absl::StatusOr<std::vector<SoapChart>> List(const db::CallOptions& call,
                                              const id::ClinicId& clinic_id,
                                              const id::PatientId& patient_id,
                                              const EncounterPosition& after, int limit) const;

  // The chart as it is, and nobody else changes it until the transaction ends.
  // SOAP_CHART_NOT_FOUND unless the clinic has it.
  absl::StatusOr<SoapChart> GetForChange(db::Transaction& transaction,
                                         const id::ClinicId& clinic_id,
                                         const id::SoapChartId& chart_id) const;

  // Makes `before`, as GetForChange returned it, `after`; `changer` is whom a revision of the plan
  // names. SOAP_CHART_LOCKED, ETAG_MISMATCH if `before` is not what is stored.
  absl::Status Update(db::Transaction& transaction, const SoapChart& before, const SoapChart& after,
                      const id::AccountId& changer) const;

  // Makes `before`, as GetForChange returned it, what Moved() or WithPlanHidden() made of it,
  // locked or not. ETAG_MISMATCH if `before` is not what is stored. The transaction fails with
  // PATIENT_NOT_FOUND unless the clinic has the patient.
  absl::Status Move(db::Transaction& transaction, const SoapChart& before,
                    const SoapChart& after) const;
  // `changer` is whom the history of the plan's visibility names, if it changes.
  struct Changer {
    id::AccountId account_id;
    std::string display_name;
  };
  absl::Status SetPlanHidden(db::Transaction& transaction, const SoapChart& before,
                             const SoapChart& after, const Changer& changer) const;

  void Insert(db::Transaction& transaction, const SoapChart& chart, const Addendum& addendum) const;

  // Notes that holders are told of the chart's plan now. False, and nothing is noted, if that was
  // done less than kNoticeInterval ago, or if the patient is inactive, deceased or merged.
  bool MarkHoldersTold(db::Transaction& transaction, const SoapChart& chart, absl::Time now) const;

  // Of a chart that GetForChange returned: when that was noted last, and that it is noted no more,
  // for nobody was told.
  std::optional<absl::Time> HoldersToldAt(db::Transaction& transaction,
                                          const SoapChart& chart) const;
  void ForgetHoldersTold(db::Transaction& transaction, const SoapChart& chart) const;

 private:
  db::Pool& pool_;
};

}  // namespace portal::records

#endif  // SERVICES_RECORDS_STORAGE_SOAP_CHART_STORE_H_
