#ifndef SERVICES_RECORDS_STORAGE_AUDIT_TRAIL_STORE_H_
#define SERVICES_RECORDS_STORAGE_AUDIT_TRAIL_STORE_H_

#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/db/pool.h"
#include "libs/id/ids.h"
#include "services/records/domain/audit_trail.h"
#include "services/records/storage/position.h"

namespace portal::records {

// Which events are asked for.
struct AuditFilter {
  std::optional<id::AccountId> actor_id;
  absl::Time start = absl::UnixEpoch();
};

// Reads what libs/audit has written; newest first, at most `limit` events before a position.
// Thread-safe. Besides the errors named, what libs/db/pool.h lists.
class AuditTrailStore {
 public:
  // `pool` outlives the store.
  explicit AuditTrailStore(db::Pool& pool) : pool_(pool) {}

  absl::StatusOr<std::vector<AuditEvent>> List(const db::CallOptions& call,
                                               const id::ClinicId& clinic_id,
                                               const AuditFilter& filter,
                                               const AuditPosition& before, int limit) const;

  // With what concerns the records merged into the patient's. PATIENT_NOT_FOUND unless the clinic
  // has the patient.
  absl::StatusOr<std::vector<AuditEvent>> ListOfPatient(
      const db::CallOptions& call, const id::ClinicId& clinic_id, const id::PatientId& patient_id,
      const AuditFilter& filter, const AuditPosition& before, int limit) const;

  // What people saw or changed before the beginning of a day: whole days, of at most `limit`
  // accesses together unless it is one day. Those of other account holders than `viewer`, until an
  // instant, are one actor. For account holders: the caller sees to the grant. PATIENT_NOT_FOUND.
  struct AccessPage {
    std::vector<AccessCount> counts;
    std::optional<absl::Time> next_before;  // nothing on the last page
  };
  struct AccessQuery {
    id::PatientId patient_id;
    id::AccountId viewer;
    absl::Time others_until;
    absl::Time before = AuditPosition().occurred_at;
  };
  absl::StatusOr<AccessPage> ListAccesses(const db::CallOptions& call, const AccessQuery& query,
                                          int limit) const;

  // Whether the account has written a chart of the patient. PATIENT_NOT_FOUND unless the clinic has
  // the patient.
  absl::StatusOr<bool> HasTreated(const db::CallOptions& call, const id::ClinicId& clinic_id,
                                  const id::PatientId& patient_id,
                                  const id::AccountId& practitioner) const;

 private:
  db::Pool& pool_;
};

}  // namespace portal::records

#endif  // SERVICES_RECORDS_STORAGE_AUDIT_TRAIL_STORE_H_
