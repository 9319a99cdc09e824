#ifndef SERVICES_IDENTITY_STORAGE_CLOSURE_STORE_H_
#define SERVICES_IDENTITY_STORAGE_CLOSURE_STORE_H_

#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "libs/db/session.h"
#include "libs/id/ids.h"
#include "services/identity/domain/staff.h"
#include "services/identity/storage/account_store.h"

namespace portal::identity {

struct EndedMembership {
  StaffMemberId staff_member_id;
  id::ClinicId clinic_id;
};

// What becomes of an account that is closed, and of its memberships. Its row stays, without an
// address and a password: the audit trail needs the id. Thread-safe.
class ClosureStore {
 public:
  // Closes the account and returns where its owner was told things; the address is free again.
  // From now on no session is opened for it.
  // CREDENTIALS_REJECTED if it was closed, or its password is not `password_hash` any more.
  absl::StatusOr<AccountContact> Close(db::Transaction& transaction,
                                       const id::AccountId& account_id,
                                       absl::string_view password_hash, absl::Time now);

  // Ends the memberships of an account that this transaction has closed. LAST_OWNER if a clinic
  // would be left without an active owner.
  absl::StatusOr<std::vector<EndedMembership>> EndMemberships(db::Transaction& transaction,
                                                              const id::AccountId& account_id);
};

}  // namespace portal::identity

#endif  // SERVICES_IDENTITY_STORAGE_CLOSURE_STORE_H_
