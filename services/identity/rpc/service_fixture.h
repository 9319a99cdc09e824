#ifndef SERVICES_IDENTITY_RPC_SERVICE_FIXTURE_H_
#define SERVICES_IDENTITY_RPC_SERVICE_FIXTURE_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "envoy/service/auth/v3/external_auth.grpc.pb.h"
#include "grpcpp/client_context.h"
#include "grpcpp/support/status.h"
#include "gtest/gtest.h"
#include "libs/auth/passport_token.h"
#include "libs/crypto/password.h"
#include "libs/crypto/signing.h"
#include "libs/db/pool.h"
#include "libs/idempotency/store.h"
#include "libs/outbox/relay.h"
#include "libs/rpc/channel.h"
#include "libs/rpc/status_conversion.h"
#include "libs/status/errors.h"
#include "libs/telemetry/metrics.h"
#include "libs/testing/fake_clock.h"
#include "libs/testing/postgres.h"
#include "libs/testing/rpc_harness.h"
#include "portal/identity/v1/account_service.grpc.pb.h"
#include "portal/identity/v1/clinic_service.grpc.pb.h"
#include "portal/identity/v1/mailbox_service.grpc.pb.h"
#include "portal/identity/v1/password_service.grpc.pb.h"
#include "portal/identity/v1/service_account_service.grpc.pb.h"
#include "portal/identity/v1/session_service.grpc.pb.h"
#include "portal/messaging/v1/directory_service.pb.h"
#include "portal/messaging/v1/notice.pb.h"
#include "services/identity/rpc/client_methods.h"
#include "services/identity/rpc/service.h"

namespace portal::identity {

inline constexpr char kPassword[] = "correct horse battery staple";

// The whole service in the test's process: called over gRPC with certificates and passports, on a
// database of its own, at the time the test says. Passwords are hashed at the lowest cost, unless
// the test says otherwise.
class ServiceTest : public ::testing::Test {
 protected:
  static constexpr int kAttemptsPerClientForTest = 25;

  // `terms_version`: of the terms that are published; 0: there are none.
  explicit ServiceTest(const crypto::PasswordCost& cost = {.passes = 1, .memory_bytes = 8 * 1024},
                       int terms_version = 0);
  ~ServiceTest() override;

  // A service's answer and how it ended.
  template <typename Response>
  struct Answer {
    grpc::Status status;
    Response response;

    bool ok() const { return status.ok(); }
    // "OK" or the reason.
    std::string Outcome() const { return ok() ? "OK" : status::ReasonOf(rpc::FromGrpc(status)); }
    // Everything a caller can tell one failure from another by.
    std::string Bytes() const {
      return absl::StrCat(status.error_code(), "|", status.error_message(), "|",
                          status.error_details());
    }
  };

  // `passport`: none when empty. `address`: the client's as the gateway forwards it; none when
  // empty.
  template <typename Stub, typename Request, typename Response>
  Answer<Response> Call(
      Stub& stub, grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
      const Request& request, const std::string& passport = "", const std::string& address = "") {
    testing::Caller caller(passport);
    if (!address.empty()) caller.context().AddMetadata(rpc::kClientAddressKey, address);
    Answer<Response> answer;
    answer.status = (stub.*method)(caller, request, &answer.response);
    return answer;
  }

  Answer<v1::SignUpResponse> SignUp(const std::string& email,
                                    const std::string& password = kPassword,
                                    std::string request_id = "", const std::string& address = "");
  Answer<v1::VerifyEmailResponse> VerifyEmail(const std::string& token,
                                              const std::string& password = kPassword,
                                              std::string request_id = "",
                                              const std::string& address = "");
  Answer<v1::Account> GetAccount(const std::string& passport);
  Answer<v1::CloseAccountResponse> CloseAccount(const std::string& passport,
                                                const std::string& password = kPassword,
                                                std::string request_id = "",
                                                const std::string& second_factor_code = "");
  Answer<v1::SignInResponse> SignIn(const std::string& email,
                                    const std::string& password = kPassword,
                                    const std::string& address = "");
  // With the token of a device that may be known.
  Answer<v1::SignInResponse> SignInFrom(const std::string& device_token, const std::string& email,
                                        const std::string& password = kPassword,
                                        const std::string& user_agent = "");
  Answer<v1::SignOutResponse> SignOut(const std::string& passport);
  Answer<v1::Session> GetSession(const std::string& passport);
  Answer<v1::IssuePassportResponse> IssuePassport(const std::string& session_token);
  Answer<v1::Clinic> CreateClinic(const v1::CreateClinicRequest& request);
  Answer<v1::StaffMember> Invite(const v1::InviteStaffMemberRequest& request,
                                 const std::string& passport);
  Answer<v1::AcceptStaffInvitationResponse> Accept(
      const std::string& token, const std::string& password = kPassword,
      const std::string& display_name = "Dr. Anna Moss", std::string request_id = "");

  // A request that is right, for a test to spoil.
  v1::CreateClinicRequest ClinicRequest(const std::string& slug, const std::string& owner_email);
  v1::InviteStaffMemberRequest InviteRequest(const std::string& clinic_id, const std::string& email,
                                             policy::v1::StaffRole role);

  // Steps that a test takes for granted.
  void NewAccount(const std::string& email, const std::string& password = kPassword);
  std::string NewSessionToken(const std::string& email, const std::string& password = kPassword);
  std::string PassportOf(const std::string& session_token);
  // A clinic whose owner has accepted; returns its id.
  std::string NewClinic(const std::string& slug, const std::string& owner_email);

  // What Mails (mails.h) asked for since the last call, oldest first.
  std::vector<messaging::v1::Notice> Mails();
  // The other notices asked for since the last call, oldest first.
  std::vector<messaging::v1::Notice> Notices();
  // The token of `link`, which leads to `page` of the portal.
  static std::string TokenIn(const std::string& link, const std::string& page);
  // The token in the only mail of that kind; the link is as it should be.
  std::string VerificationToken();
  std::string InvitationToken();

  // Ids of the accounts that access_code was told are closed, since the last call.
  std::vector<std::string> AccountsClosed();
  // What messaging was told of accounts since the last call, oldest first.
  std::vector<messaging::v1::PutAccountRequest> AccountsTold();

  std::string NewRequestId() const { return id::NewUuidV7(clock_).ToString(); }
  std::string Sql(const std::string& sql) const { return testing::Psql(database_.superuser, sql); }
  std::string Count(const std::string& table) const { return Sql("SELECT count(*) FROM " + table); }
  // Runs `fn` on threads that start together.
  static void InParallel(int threads, const std::function<void(int thread)>& fn);

  const testing::TestDatabase database_;
  testing::FakeClock clock_;
  testing::RpcHarness harness_{"identity", clock_};
  std::unique_ptr<crypto::SigningKeyring> signing_keys_;
  std::unique_ptr<crypto::PasswordHasher> hasher_;
  PasswordPolicy password_policy_;
  ClientMethods client_methods_;
  db::Pool pool_;
  outbox::Outbox outbox_{harness_.keyring(), clock_};
  idempotency::Store idempotency_{harness_.keyring(), clock_};
  auth::PassportIssuer issuer_;
  std::unique_ptr<Service> service_;
  telemetry::Metrics metrics_;
  std::vector<messaging::v1::Notice> mails_;
  std::vector<messaging::v1::Notice> notices_;
  // What messaging was told of clinics, as Mails() delivered it.
  std::vector<messaging::v1::PutClinicRequest> announced_clinics_;
  std::vector<messaging::v1::PutAccountRequest> accounts_told_;
  std::vector<std::string> accounts_closed_;
  std::unique_ptr<outbox::Relay> relay_;
  std::unique_ptr<v1::AccountService::Stub> accounts_;
  std::unique_ptr<v1::SessionService::Stub> sessions_;
  std::unique_ptr<v1::PasswordService::Stub> passwords_;
  std::unique_ptr<v1::MailboxService::Stub> mailboxes_;
  std::unique_ptr<v1::ClinicService::Stub> clinics_;
  std::unique_ptr<v1::ClinicService::Stub> operator_;
  std::unique_ptr<v1::ServiceAccountService::Stub> service_accounts_;
  std::unique_ptr<envoy::service::auth::v3::Authorization::Stub> authorization_;
};

}  // namespace portal::identity

#endif  // SERVICES_IDENTITY_RPC_SERVICE_FIXTURE_H_
