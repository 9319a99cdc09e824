#ifndef SERVICES_IDENTITY_RPC_CLINIC_HANDLERS_H_
#define SERVICES_IDENTITY_RPC_CLINIC_HANDLERS_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "libs/db/session.h"
#include "libs/rpc/context.h"
#include "libs/rpc/page_token.h"
#include "portal/identity/v1/clinic.pb.h"
#include "portal/identity/v1/clinic_service.pb.h"
#include "services/identity/rpc/account_directory.h"
#include "services/identity/rpc/dependencies.h"
#include "services/identity/rpc/mails.h"
#include "services/identity/rpc/password_check.h"
#include "services/identity/storage/account_store.h"
#include "services/identity/storage/attempt_counter.h"
#include "services/identity/storage/clinic_store.h"
#include "services/identity/storage/second_factor_store.h"
#include "services/identity/storage/session_store.h"
#include "services/identity/storage/staff_store.h"

namespace portal::identity {

// portal.identity.v1.ClinicService.
class ClinicHandlers {
 public:
  explicit ClinicHandlers(const Dependencies& dependencies);

  absl::StatusOr<v1::Clinic> CreateClinic(const rpc::Context& context,
                                          const v1::CreateClinicRequest& request);
  absl::StatusOr<v1::Clinic> GetClinic(const rpc::Context& context,
                                       const v1::GetClinicRequest& request);
  absl::StatusOr<v1::Clinic> UpdateClinic(const rpc::Context& context,
                                          const v1::UpdateClinicRequest& request);
  absl::StatusOr<v1::StaffMember> InviteStaffMember(const rpc::Context& context,
                                                    const v1::InviteStaffMemberRequest& request);
  absl::StatusOr<v1::ListStaffMembersResponse> ListStaffMembers(
      const rpc::Context& context, const v1::ListStaffMembersRequest& request);
  // On the password lane.
  absl::StatusOr<v1::AcceptStaffInvitationResponse> AcceptStaffInvitation(
      const rpc::Context& context, const v1::AcceptStaffInvitationRequest& request);

 private:
  // Who accepts an invitation: an account whose password was verified, or one to be made.
  struct Acceptor {
    id::AccountId account_id;
    std::string password_hash;
    bool is_new;
  };

  // Records the invitation, mails its link, writes the audit row.
  absl::StatusOr<StaffMember> Invite(db::Transaction& transaction, const rpc::Context& context,
                                     const Clinic& clinic, const Email& email, StaffRoles roles);
  // Who holds the invitation's link and knows the password. LINK_REJECTED, or CREDENTIALS_REJECTED
  // if the address has an account with another password.
  absl::StatusOr<Acceptor> Authenticate(const db::CallOptions& call, const std::string& token_hash,
                                        const std::string& password);
  absl::StatusOr<StaffMember> Accept(db::Transaction& transaction, const rpc::Context& context,
                                     const std::string& token_hash, const Acceptor& acceptor,
                                     const std::string& display_name);

  const Dependencies deps_;
  const rpc::PageTokens page_tokens_;
  AccountStore accounts_;
  ClinicStore clinics_;
  StaffStore staff_;
  SessionStore sessions_;
  SecondFactorStore factors_;
  AttemptCounter attempts_;
  PasswordCheck passwords_;
  AccountDirectory directory_;
  const Mails mails_;
};

}  // namespace portal::identity

#endif  // SERVICES_IDENTITY_RPC_CLINIC_HANDLERS_H_
