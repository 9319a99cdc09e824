#ifndef SERVICES_ACCESS_CODE_STORAGE_GRANT_STORE_H_
#define SERVICES_ACCESS_CODE_STORAGE_GRANT_STORE_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/db/pool.h"
#include "libs/db/session.h"
#include "libs/id/ids.h"
#include "services/access_code/domain/grant.h"
#include "services/access_code/storage/list_position.h"

namespace portal::access_code {

// The last row of a page of ListPatients.
struct PatientPosition {
  std::string display_name;
  id::PatientId patient_id;
};

// Whether this account may see this patient.
struct GrantQuestion {
  id::AccountId account_id;
  id::PatientId patient_id;
};

// Who may see whom. Every answer is the database's own of this moment; nothing is kept.
// Thread-safe. Besides the errors named, what libs/db/pool.h lists.
class GrantStore {
 public:
  // `pool` outlives the store.
  explicit GrantStore(db::Pool& pool) : pool_(pool) {}

  // Whether each account holds an active grant for its patient, in the order of the questions.
  absl::StatusOr<std::vector<bool>> Check(const db::CallOptions& call,
                                          const std::vector<GrantQuestion>& questions) const;

  // Whether the grant is active and the account's for the patient.
  static bool Holds(db::Session& session, const id::AccountId& account_id,
                    const id::PatientId& patient_id, const id::GrantId& grant_id);

  // At most `limit` of the patients whom the account may see, by name in the order of the Unicode
  // collation.
  absl::StatusOr<std::vector<AccessiblePatient>> ListPatients(
      const db::CallOptions& call, const id::AccountId& account_id,
      const std::optional<PatientPosition>& after, int limit) const;

  // At most `limit` of a patient's grants, newest first. PATIENT_NOT_FOUND unless the clinic has
  // the patient.
  absl::StatusOr<std::vector<Grant>> List(const db::CallOptions& call,
                                          const id::ClinicId& clinic_id,
                                          const id::PatientId& patient_id,
                                          const ListPosition& after, int limit) const;

  // Ends the grant, or leaves it as it is if it has ended before. GRANT_NOT_FOUND unless it is the
  // clinic's.
  absl::StatusOr<Grant> Revoke(db::Transaction& transaction, const id::ClinicId& clinic_id,
                               const id::GrantId& grant_id, const id::AccountId& revoker,
                               absl::Time now) const;

 private:
  db::Pool& pool_;
};

}  // namespace portal::access_code

#endif  // SERVICES_ACCESS_CODE_STORAGE_GRANT_STORE_H_
