#ifndef SERVICES_IDENTITY_RPC_CLINIC_OWNER_H_
#define SERVICES_IDENTITY_RPC_CLINIC_OWNER_H_

#include "absl/status/statusor.h"
#include "libs/auth/method_policy.h"
#include "libs/db/session.h"
#include "libs/rpc/context.h"
#include "libs/status/status_macros.h"
#include "services/identity/domain/clinic.h"
#include "services/identity/rpc/convert.h"
#include "services/identity/storage/clinic_store.h"
#include "services/identity/storage/staff_store.h"

namespace portal::identity {

// What only owners change begins with this: a passport is up to a minute old, and who was an owner
// then must not leave anything behind that outlasts their dismissal. Locks the clinic, as whoever
// dismisses them does, and looks again: NOT_STAFF_OF_CLINIC, ROLE_NOT_ALLOWED.
inline absl::StatusOr<Clinic> LockAsOwner(db::Transaction& transaction, const rpc::Context& context,
                                          ClinicStore& clinics, StaffStore& staff) {
  ASSIGN_OR_RETURN(Clinic clinic, clinics.Lock(transaction, context.clinic_id()));
  const StaffRoles roles =
      staff.ActiveRoles(transaction, context.clinic_id(), context.account_id());
  RETURN_IF_ERROR(auth::CheckRoles(ToAuth(roles), {auth::StaffRole::kOwner}));
  return clinic;
}

}  // namespace portal::identity

#endif  // SERVICES_IDENTITY_RPC_CLINIC_OWNER_H_
