#ifndef SERVICES_ACCESS_CODE_STORAGE_FORM_ACCESS_STORE_H_
#define SERVICES_ACCESS_CODE_STORAGE_FORM_ACCESS_STORE_H_

#include <map>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/db/pool.h"
#include "libs/db/session.h"
#include "libs/id/ids.h"
#include "services/access_code/domain/form_access.h"

namespace portal::access_code {

// Who has opened which form with a code (AccessCodeStore::Redeem). Every answer is the database's
// own of this moment; nothing is kept. Thread-safe. Besides the errors named, what libs/db/pool.h
// lists.
class FormAccessStore {
 public:
  // `pool` outlives the store.
  explicit FormAccessStore(db::Pool& pool) : pool_(pool) {}

  // Those of the assignments that the account has open, and since when.
  using OpenForms = std::map<FormAssignmentId, absl::Time>;
  absl::StatusOr<OpenForms> Check(const db::CallOptions& call, const id::AccountId& account_id,
                                  const std::vector<FormAssignmentId>& form_assignment_ids) const;

  // What the account has open of an assignment, if it has.
  static std::optional<FormAccess> Held(db::Session& session, const id::AccountId& account_id,
                                        const FormAssignmentId& form_assignment_id);

  // Whose form the clinic issued codes for; none if it never did.
  static std::optional<id::PatientId> PatientOf(db::Session& session, const id::ClinicId& clinic_id,
                                                const FormAssignmentId& form_assignment_id);

  // Closes the clinic's form to all who opened it, and returns them.
  static std::vector<id::AccountId> Revoke(db::Transaction& transaction,
                                           const id::ClinicId& clinic_id,
                                           const FormAssignmentId& form_assignment_id,
                                           const id::AccountId& revoker, absl::Time now);

  // Closes all forms to an account that was closed, and returns what it had open.
  static std::vector<FormAccess> Close(db::Transaction& transaction,
                                       const id::AccountId& account_id, absl::Time now);

 private:
  db::Pool& pool_;
};

}  // namespace portal::access_code

#endif  // SERVICES_ACCESS_CODE_STORAGE_FORM_ACCESS_STORE_H_
