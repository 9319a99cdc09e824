#ifndef SERVICES_IDENTITY_RPC_STAFF_HANDLERS_H_
#define SERVICES_IDENTITY_RPC_STAFF_HANDLERS_H_

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "libs/db/session.h"
#include "libs/rpc/context.h"
#include "portal/identity/v1/clinic.pb.h"
#include "portal/identity/v1/clinic_service.pb.h"
#include "services/identity/rpc/account_notices.h"
#include "services/identity/rpc/dependencies.h"
#include "services/identity/rpc/mails.h"
#include "services/identity/storage/account_store.h"
#include "services/identity/storage/attempt_counter.h"
#include "services/identity/storage/clinic_store.h"
#include "services/identity/storage/second_factor_store.h"
#include "services/identity/storage/staff_store.h"

namespace portal::identity {

// Of portal.identity.v1.ClinicService, what changes members of a clinic's staff. Each change locks
// the clinic and looks again whether the caller is an active owner, so that of owners who remove
// each other at the same moment one remains.
class StaffHandlers {
 public:
  explicit StaffHandlers(const Dependencies& dependencies);

  absl::StatusOr<v1::StaffMember> UpdateStaffMember(const rpc::Context& context,
                                                    const v1::UpdateStaffMemberRequest& request);
  absl::StatusOr<v1::StaffMember> SuspendStaffMember(const rpc::Context& context,
                                                     const v1::SuspendStaffMemberRequest& request);
  absl::StatusOr<v1::StaffMember> ReinstateStaffMember(
      const rpc::Context& context, const v1::ReinstateStaffMemberRequest& request);
  absl::StatusOr<v1::RemoveStaffMemberResponse> RemoveStaffMember(
      const rpc::Context& context, const v1::RemoveStaffMemberRequest& request);
  absl::StatusOr<v1::ResetStaffSecondFactorResponse> ResetStaffSecondFactor(
      const rpc::Context& context, const v1::ResetStaffSecondFactorRequest& request);
  absl::StatusOr<v1::StaffMember> ResendStaffInvitation(
      const rpc::Context& context, const v1::ResendStaffInvitationRequest& request);

 private:
  // Changes the locked member and returns the new one.
  using Change = absl::FunctionRef<absl::StatusOr<StaffMember>(
      db::Transaction&, const Clinic& clinic, const LockedStaffMember& found)>;

  // Runs `change` once, between the checks and the audit row.
  template <typename Request>
  absl::StatusOr<v1::StaffMember> ChangeOnce(const rpc::Context& context, const Request& request,
                                             Change change);
  absl::StatusOr<StaffMember> Make(db::Transaction& transaction, const rpc::Context& context,
                                   const StaffMemberId& staff_member_id, Change change);
  // Stores the member with the next version, unless it was the last owner and is none any more.
  absl::StatusOr<StaffMember> Store(db::Transaction& transaction, const LockedStaffMember& found,
                                    StaffMember after);
  absl::Status EndSecondFactor(db::Transaction& transaction, const id::AccountId& account_id);

  const Dependencies deps_;
  ClinicStore clinics_;
  StaffStore staff_;
  AccountStore accounts_;
  SecondFactorStore factors_;
  AttemptCounter attempts_;
  const Mails mails_;
  const AccountNotices notices_;
};

}  // namespace portal::identity

#endif  // SERVICES_IDENTITY_RPC_STAFF_HANDLERS_H_
