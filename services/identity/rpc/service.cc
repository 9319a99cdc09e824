#include "services/identity/rpc/service.h"

#include <utility>

#include "portal/identity/v1/account_service.grpc.pb.h"
#include "portal/identity/v1/clinic_service.grpc.pb.h"
#include "portal/identity/v1/mailbox_service.grpc.pb.h"
#include "portal/identity/v1/password_service.grpc.pb.h"
#include "portal/identity/v1/session_service.grpc.pb.h"
#include "services/identity/rpc/account_notices.h"

namespace portal::identity {

std::vector<rpc::MethodTable> Service::Tables() {
  using rpc::Lane;
  rpc::MethodTable accounts(v1::AccountService::service_full_name());
  accounts.Unary("SignUp", Lane::kPassword, &accounts_, &AccountHandlers::SignUp)
      .Unary("VerifyEmail", Lane::kPassword, &accounts_, &AccountHandlers::VerifyEmail)
      .Unary("GetAccount", Lane::kRead, &accounts_, &AccountHandlers::GetAccount)
      .Unary("UpdateAccount", Lane::kWrite, &accounts_, &AccountHandlers::UpdateAccount)
      .Unary("AcceptTerms", Lane::kWrite, &accounts_, &AccountHandlers::AcceptTerms)
      .Unary("CloseAccount", Lane::kPassword, &closures_, &ClosureHandlers::CloseAccount);
  rpc::MethodTable sessions(v1::SessionService::service_full_name());
  sessions.Unary("SignIn", Lane::kPassword, &sessions_, &SessionHandlers::SignIn)
      .Unary("ListSessions", Lane::kRead, &sessions_, &SessionHandlers::ListSessions)
      .Unary("RevokeSession", Lane::kWrite, &sessions_, &SessionHandlers::RevokeSession)
      .Unary("SignOutEverywhere", Lane::kWrite, &sessions_, &SessionHandlers::SignOutEverywhere)
      .Unary("SignOut", Lane::kWrite, &sessions_, &SessionHandlers::SignOut)
      .Unary("GetSession", Lane::kRead, &sessions_, &SessionHandlers::GetSession)
      .Unary("IssuePassport", Lane::kRead, &sessions_, &SessionHandlers::IssuePassport);
  rpc::MethodTable passwords(v1::PasswordService::service_full_name());
  passwords.Unary("ChangePassword", Lane::kPassword, &passwords_, &PasswordHandlers::ChangePassword)
      .Unary("RequestPasswordReset", Lane::kWrite, &passwords_,
             &PasswordHandlers::RequestPasswordReset)
      .Unary("ResetPassword", Lane::kPassword, &passwords_, &PasswordHandlers::ResetPassword);
  rpc::MethodTable mailboxes(v1::MailboxService::service_full_name());
  mailboxes
      .Unary("RequestMailboxCode", Lane::kWrite, &mailboxes_, &MailboxHandlers::RequestMailboxCode)
      .Unary("ConfirmMailboxCode", Lane::kWrite, &mailboxes_, &MailboxHandlers::ConfirmMailboxCode);
  rpc::MethodTable clinics(v1::ClinicService::service_full_name());
  clinics.Unary("CreateClinic", Lane::kWrite, &clinics_, &ClinicHandlers::CreateClinic)
      .Unary("GetClinic", Lane::kRead, &clinics_, &ClinicHandlers::GetClinic)
      .Unary("InviteStaffMember", Lane::kWrite, &clinics_, &ClinicHandlers::InviteStaffMember)
      .Unary("ListStaffMembers", Lane::kRead, &clinics_, &ClinicHandlers::ListStaffMembers)
      .Unary("AcceptStaffInvitation", Lane::kPassword, &clinics_,
             &ClinicHandlers::AcceptStaffInvitation);
  return {std::move(accounts), std::move(sessions), std::move(passwords), std::move(mailboxes),
          std::move(clinics)};
}

std::map<std::string, outbox::Route> Service::Routes() {
  return {{kDecoyTopic, [](const outbox::Delivery&) { return absl::OkStatus(); }}};
}

}  // namespace portal::identity
