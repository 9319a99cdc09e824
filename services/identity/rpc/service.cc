#include "services/identity/rpc/service.h"

#include <utility>

#include "envoy/service/auth/v3/external_auth.grpc.pb.h"
#include "portal/identity/v1/account_service.grpc.pb.h"
#include "portal/identity/v1/clinic_service.grpc.pb.h"
#include "portal/identity/v1/email_change_service.grpc.pb.h"
#include "portal/identity/v1/mailbox_service.grpc.pb.h"
#include "portal/identity/v1/password_service.grpc.pb.h"
#include "portal/identity/v1/second_factor_service.grpc.pb.h"
#include "portal/identity/v1/service_account_service.grpc.pb.h"
#include "portal/identity/v1/session_feed_service.grpc.pb.h"
#include "portal/identity/v1/session_service.grpc.pb.h"
#include "portal/policy/v1/policy.pb.h"
#include "services/identity/rpc/account_notices.h"

namespace portal::identity {

namespace {

// Envoy's contract has no policies: the gateway asks, about clients who may be anybody.
policy::v1::Policy GatewayPolicy() {
  policy::v1::Policy policy;
  policy.mutable_public_();
  policy.add_services("gateway");
  return policy;
}

}  // namespace

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
      .Unary("CompleteSignIn", Lane::kWrite, &sessions_, &SessionHandlers::CompleteSignIn)
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
  using SecondFactors = SecondFactorHandlers;
  rpc::MethodTable factors(v1::SecondFactorService::service_full_name());
  factors.Unary("GetSecondFactor", Lane::kRead, &second_factors_, &SecondFactors::GetSecondFactor)
      .Unary("BeginSecondFactor", Lane::kPassword, &second_factors_,
             &SecondFactors::BeginSecondFactor)
      .Unary("ConfirmSecondFactor", Lane::kWrite, &second_factors_,
             &SecondFactors::ConfirmSecondFactor)
      .Unary("RegenerateRecoveryCodes", Lane::kPassword, &second_factors_,
             &SecondFactors::RegenerateRecoveryCodes)
      .Unary("DisableSecondFactor", Lane::kPassword, &second_factors_,
             &SecondFactors::DisableSecondFactor)
      .Unary("RequestSecondFactorRemoval", Lane::kWrite, &second_factors_,
             &SecondFactors::RequestSecondFactorRemoval)
      .Unary("BeginSecondFactorRemoval", Lane::kWrite, &second_factors_,
             &SecondFactors::BeginSecondFactorRemoval)
      .Unary("CancelSecondFactorRemoval", Lane::kWrite, &second_factors_,
             &SecondFactors::CancelSecondFactorRemoval)
      .Unary("CompleteSecondFactorRemoval", Lane::kWrite, &second_factors_,
             &SecondFactors::CompleteSecondFactorRemoval);
  rpc::MethodTable email_changes(v1::EmailChangeService::service_full_name());
  email_changes
      .Unary("RequestEmailChange", Lane::kPassword, &email_changes_,
             &EmailChangeHandlers::RequestEmailChange)
      .Unary("ConfirmEmailChange", Lane::kWrite, &email_changes_,
             &EmailChangeHandlers::ConfirmEmailChange);
  rpc::MethodTable mailboxes(v1::MailboxService::service_full_name());
  mailboxes
      .Unary("RequestMailboxCode", Lane::kWrite, &mailboxes_, &MailboxHandlers::RequestMailboxCode)
      .Unary("ConfirmMailboxCode", Lane::kWrite, &mailboxes_, &MailboxHandlers::ConfirmMailboxCode);
  rpc::MethodTable clinics(v1::ClinicService::service_full_name());
  clinics.Unary("CreateClinic", Lane::kWrite, &clinics_, &ClinicHandlers::CreateClinic)
      .Unary("GetClinic", Lane::kRead, &clinics_, &ClinicHandlers::GetClinic)
      .Unary("UpdateClinic", Lane::kWrite, &clinics_, &ClinicHandlers::UpdateClinic)
      .Unary("UpdateStaffMember", Lane::kWrite, &staff_, &StaffHandlers::UpdateStaffMember)
      .Unary("SuspendStaffMember", Lane::kWrite, &staff_, &StaffHandlers::SuspendStaffMember)
      .Unary("ReinstateStaffMember", Lane::kWrite, &staff_, &StaffHandlers::ReinstateStaffMember)
      .Unary("RemoveStaffMember", Lane::kWrite, &staff_, &StaffHandlers::RemoveStaffMember)
      .Unary("ResetStaffSecondFactor", Lane::kWrite, &staff_,
             &StaffHandlers::ResetStaffSecondFactor)
      .Unary("ResendStaffInvitation", Lane::kWrite, &staff_, &StaffHandlers::ResendStaffInvitation)
      .Unary("InviteStaffMember", Lane::kWrite, &clinics_, &ClinicHandlers::InviteStaffMember)
      .Unary("ListStaffMembers", Lane::kRead, &clinics_, &ClinicHandlers::ListStaffMembers)
      .Unary("AcceptStaffInvitation", Lane::kPassword, &clinics_,
             &ClinicHandlers::AcceptStaffInvitation);
  rpc::MethodTable feed(v1::SessionFeedService::service_full_name());
  feed.ServerStreaming("WatchEndedSessions", Lane::kRead, &feed_,
                       &SessionFeedHandlers::WatchEndedSessions);
  rpc::MethodTable service_accounts(v1::ServiceAccountService::service_full_name());
  using Handlers = ServiceAccountHandlers;
  service_accounts
      .Unary("CreateServiceAccount", Lane::kWrite, &service_accounts_,
             &Handlers::CreateServiceAccount)
      .Unary("ListServiceAccounts", Lane::kRead, &service_accounts_, &Handlers::ListServiceAccounts)
      .Unary("RotateServiceAccountSecret", Lane::kWrite, &service_accounts_,
             &Handlers::RotateServiceAccountSecret)
      .Unary("RevokeServiceAccount", Lane::kWrite, &service_accounts_,
             &Handlers::RevokeServiceAccount)
      .Unary("SignInServiceAccount", Lane::kWrite, &service_accounts_,
             &Handlers::SignInServiceAccount);
  rpc::MethodTable authorization(envoy::service::auth::v3::Authorization::service_full_name(),
                                 GatewayPolicy());
  authorization.Unary("Check", Lane::kRead, &authorization_, &AuthorizationHandlers::Check);
  return {std::move(accounts),     std::move(sessions),      std::move(passwords),
          std::move(factors),      std::move(email_changes), std::move(mailboxes),
          std::move(clinics),      std::move(feed),          std::move(service_accounts),
          std::move(authorization)};
}

std::map<std::string, outbox::Route> Service::Routes() {
  return {{kDecoyTopic, [](const outbox::Delivery&) { return absl::OkStatus(); }}};
}

}  // namespace portal::identity
