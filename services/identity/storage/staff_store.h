#ifndef SERVICES_IDENTITY_STORAGE_STAFF_STORE_H_
#define SERVICES_IDENTITY_STORAGE_STAFF_STORE_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "libs/db/pool.h"
#include "libs/id/ids.h"
#include "services/identity/domain/email.h"
#include "services/identity/domain/staff.h"
#include "services/identity/storage/account_store.h"

namespace portal::identity {

// Where an invitation went, and the account that the address has, if any.
struct Invitation {
  Email email;
  std::optional<AccountCredentials> account;
};

// A member about to be changed.
struct LockedStaffMember {
  StaffMember member;
  // Whether somebody else is an active owner of the clinic.
  bool has_other_owner;
};

// Members of clinics' staffs, invited ones included. Thread-safe.
class StaffStore {
 public:
  explicit StaffStore(db::Pool& pool) : pool_(pool) {}

  // Records the invitation `member` with the hash of its link's token, and returns it; if the
  // person has an expired one, that is renewed and keeps its id. STAFF_EXISTS if the person is on
  // the staff or has a live invitation.
  absl::StatusOr<StaffMember> Invite(db::Transaction& transaction, StaffMember member,
                                     const Email& email, absl::string_view token_hash,
                                     absl::Time expires_at);

  // LINK_REJECTED if the token is unknown, used, replaced or, at `now`, expired.
  absl::StatusOr<Invitation> FindInvitation(const db::CallOptions& call,
                                            absl::string_view token_hash, absl::Time now);

  // The same, and keeps others from accepting the invitation until the transaction ends.
  absl::StatusOr<Invitation> LockInvitation(db::Transaction& transaction,
                                            absl::string_view token_hash, absl::Time now);

  // Turns the locked invitation into a membership.
  absl::StatusOr<StaffMember> Accept(db::Transaction& transaction, absl::string_view token_hash,
                                     const id::AccountId& account_id,
                                     absl::string_view display_name);

  // What an account may do at the clinic now; empty if it is not on the staff or suspended.
  StaffRoles ActiveRoles(db::Transaction& transaction, const id::ClinicId& clinic_id,
                         const id::AccountId& account_id);

  // A member of a clinic that the transaction has locked (ClinicStore::Lock).
  // STAFF_MEMBER_NOT_FOUND.
  absl::StatusOr<LockedStaffMember> Lock(db::Transaction& transaction,
                                         const id::ClinicId& clinic_id,
                                         const StaffMemberId& staff_member_id);

  // Stores the roles, the suspension and the version of a locked member; so below.
  absl::Status Update(db::Transaction& transaction, const StaffMember& member);

  // Gives a locked invitation another link.
  absl::Status RenewInvitation(db::Transaction& transaction, const StaffMember& member,
                               absl::string_view token_hash, absl::Time expires_at);

  absl::Status Remove(db::Transaction& transaction, const StaffMember& member);

  // The clinic's members whose ids follow `after` (nil: from the first), at most `limit`, in the
  // order of their ids.
  absl::StatusOr<std::vector<StaffMember>> List(const db::CallOptions& call,
                                                const id::ClinicId& clinic_id,
                                                const StaffMemberId& after, int limit);

 private:
  db::Pool& pool_;
};

}  // namespace portal::identity

#endif  // SERVICES_IDENTITY_STORAGE_STAFF_STORE_H_
