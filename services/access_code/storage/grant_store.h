#ifndef SERVICES_ACCESS_CODE_STORAGE_GRANT_STORE_H_
#define SERVICES_ACCESS_CODE_STORAGE_GRANT_STORE_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
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

// Who may see whom. Every answer is the database's own of this moment; nothing is kept. A grant is
// active until it is ended or `now` is its end, whichever comes first.
// Thread-safe. Besides the errors named, what libs/db/pool.h lists.
class GrantStore {
 public:
  // `pool` outlives the store.
  explicit GrantStore(db::Pool& pool) : pool_(pool) {}

  // Whether each account holds a grant that is active at `now` for its patient, in the order of the
  // questions.
  absl::StatusOr<std::vector<bool>> Check(const db::CallOptions& call,
                                          const std::vector<GrantQuestion>& questions,
                                          absl::Time now) const;

  // The patient that the account's grant opens now; none unless it is active. After a merge that is
  // the one who stayed.
  static std::optional<AccessiblePatient> Held(db::Session& session,
                                               const id::AccountId& account_id,
                                               const id::GrantId& grant_id, absl::Time now);

  // The accounts that may see the patient now, but for `except`.
  static std::vector<id::AccountId> Holders(db::Session& session, const id::ClinicId& clinic_id,
                                            const id::PatientId& patient_id, absl::Time now,
                                            const std::optional<id::AccountId>& except);

  // At most `limit` of the patients whom the account may see, by name in the order of the Unicode
  // collation.
  absl::StatusOr<std::vector<AccessiblePatient>> ListPatients(
      const db::CallOptions& call, const id::AccountId& account_id,
      const std::optional<PatientPosition>& after, int limit, absl::Time now) const;

  // At most `limit` of a patient's grants, newest first. PATIENT_NOT_FOUND unless the clinic has
  // the patient.
  absl::StatusOr<std::vector<Grant>> List(const db::CallOptions& call,
                                          const id::ClinicId& clinic_id,
                                          const id::PatientId& patient_id,
                                          const ListPosition& after, int limit) const;

  // The account's active grant for the patient, or else the newest that has ended.
  static std::optional<Grant> Newest(db::Session& session, const id::PatientId& patient_id,
                                     const id::AccountId& account_id,
                                     const std::optional<id::ClinicId>& clinic_id = std::nullopt);

  struct Revoked {
    Grant grant;
    bool now = false;  // not before
  };
  // Ends the grant, or leaves it as it is if it has ended before. GRANT_NOT_FOUND unless it is the
  // clinic's.
  absl::StatusOr<Revoked> Revoke(db::Transaction& transaction, const id::ClinicId& clinic_id,
                                 const id::GrantId& grant_id, const id::AccountId& revoker,
                                 absl::Time now) const;

  // Gives the grant the end that staff want, or none, and renews it past the patient's coming of
  // age or not. GRANT_NOT_FOUND unless it is the clinic's, GRANT_ENDED unless it is active.
  absl::StatusOr<Grant> SetEnd(db::Transaction& transaction, const id::ClinicId& clinic_id,
                               const id::GrantId& grant_id, const std::optional<absl::Time>& end,
                               bool keep_of_age, absl::Time now) const;

  // Ends the account's own grant for the patient. PATIENT_NOT_FOUND unless it holds one.
  absl::StatusOr<Grant> Drop(db::Transaction& transaction, const id::AccountId& account_id,
                             const id::PatientId& patient_id, absl::Time now) const;

  // Ends all grants of an account that was closed, and returns them.
  std::vector<Grant> Close(db::Transaction& transaction, const id::AccountId& account_id,
                           absl::Time now) const;

  // Notes of at most `limit` grants that their end has come, and returns them. They unlocked
  // nothing from that instant on. May run in several processes at once.
  std::vector<Grant> EndPassed(db::Transaction& transaction, absl::Time now, int limit) const;

  // Likewise of all grants of an account, which is about to redeem a code: they would be in the way
  // of a new one.
  static std::vector<Grant> EndPassedOf(db::Transaction& transaction,
                                        const id::AccountId& account_id, absl::Time now);

  // A patient who comes of age, with which grants of others end.
  struct ComingOfAge {
    id::ClinicId clinic_id;
    id::PatientId patient_id;
    absl::Time at;
  };
  // The patients who come of age by `until` and of whom this was not said before; looks at no more
  // than `limit` grants. May run in several processes at once.
  std::vector<ComingOfAge> TakeComingOfAge(db::Transaction& transaction, absl::Time until,
                                           int limit) const;

 private:
  db::Pool& pool_;
};

}  // namespace portal::access_code

#endif  // SERVICES_ACCESS_CODE_STORAGE_GRANT_STORE_H_
