#include "services/identity/rpc/service_fixture.h"

#include <latch>
#include <map>
#include <thread>
#include <utility>

#include "absl/strings/match.h"
#include "libs/notice/notice.h"
#include "libs/testing/status_matchers.h"
#include "portal/access_code/v1/account_closure_service.pb.h"
#include "portal/contracts.h"
#include "portal/messaging/v1/notice_service.pb.h"
#include "services/identity/rpc/account_closed.h"
#include "services/identity/rpc/messaging_routes.h"
#include "services/identity/storage/schema.h"

namespace portal::identity {
namespace {

constexpr char kBaseUrl[] = "https://portal.example.org";

db::PoolOptions OptionsOf(const testing::TestDatabase& database, const time::Clock& clock) {
  db::PoolOptions options;
  options.conninfo = database.app;
  options.application_name = "identity_test";
  options.size = 12;
  // For a busy test machine.
  options.acquire_timeout = absl::Seconds(20);
  options.statement_timeout = absl::Seconds(20);
  options.lock_timeout = absl::Seconds(20);
  options.clock = &clock;
  AddSchema(options);
  return options;
}

template <typename T>
T Value(absl::StatusOr<T> value) {
  EXPECT_THAT(value, testing::IsOk());
  return *std::move(value);
}

// The token of `link`, which is `page` of the portal with the token in its fragment.
std::string TokenOf(const std::string& link, const std::string& page) {
  const std::string beginning = absl::StrCat(kBaseUrl, "/", page, "#token=");
  EXPECT_TRUE(absl::StartsWith(link, beginning)) << link;
  std::string token = link.substr(beginning.size());
  EXPECT_EQ(token.size(), 43);
  return token;
}

}  // namespace

ServiceTest::ServiceTest(const crypto::PasswordCost& cost, int terms_version)
    : database_(testing::PostgresCluster::Shared().CreateDatabase("identity")),
      signing_keys_(Value(crypto::SigningKeyring::Load(harness_.signing_keys()))),
      hasher_(Value(crypto::PasswordHasher::Create(cost))),
      password_policy_(Value(PasswordPolicy::Create("password\nletmein\n"))),
      client_methods_(Value(ClientMethods::Read(kContracts))),
      pool_(OptionsOf(database_, clock_)),
      issuer_(*signing_keys_, testing::RpcHarness::kInstallation) {
  service_ = std::make_unique<Service>(
      Dependencies{.pool = pool_,
                   .background_pool = pool_,
                   .clock = clock_,
                   .hasher = *hasher_,
                   .password_policy = password_policy_,
                   .passport_issuer = issuer_,
                   .sealing_keys = harness_.keyring(),
                   .sealer = harness_.sealer(),
                   .outbox = outbox_,
                   .idempotency = idempotency_,
                   .client_methods = client_methods_,
                   .portal_base_url = kBaseUrl,
                   .attempts_per_client = {kAttemptsPerClientForTest, kAttemptsPerClient.window},
                   .terms_version = terms_version});
  std::map<std::string, outbox::Route> routes;
  routes[notice::kTopic] = [this](const outbox::Delivery& delivery) {
    messaging::v1::DeliverNoticeRequest request;
    EXPECT_TRUE(request.ParseFromString(delivery.payload));
    const messaging::v1::Notice& notice = request.notice();
    const bool is_mail =
        notice.has_verify_email() || notice.has_sign_up_repeated() || notice.has_staff_invitation();
    (is_mail ? mails_ : notices_).push_back(notice);
    return absl::OkStatus();
  };
  routes[kAccountClosedTopic] = [this](const outbox::Delivery& delivery) {
    access_code::v1::CloseAccountRequest request;
    EXPECT_TRUE(request.ParseFromString(delivery.payload));
    accounts_closed_.push_back(request.account_id());
    return absl::OkStatus();
  };
  routes[kAccountDirectoryTopic] = [this](const outbox::Delivery& delivery) {
    EXPECT_TRUE(accounts_told_.emplace_back().ParseFromString(delivery.payload));
    return absl::OkStatus();
  };
  routes.merge(Service::Routes());
  routes[kClinicDirectoryTopic] = [this](const outbox::Delivery& delivery) {
    EXPECT_TRUE(announced_clinics_.emplace_back().ParseFromString(delivery.payload));
    return absl::OkStatus();
  };
  relay_ = std::make_unique<outbox::Relay>(pool_, outbox_, metrics_, std::move(routes));
  harness_.options().executor.password = {.workers = 4, .capacity = 100};
  EXPECT_OK(harness_.Start(service_->Tables()));
  accounts_ = v1::AccountService::NewStub(harness_.Channel());
  sessions_ = v1::SessionService::NewStub(harness_.Channel());
  passwords_ = v1::PasswordService::NewStub(harness_.Channel());
  mailboxes_ = v1::MailboxService::NewStub(harness_.Channel("scheduling"));
  clinics_ = v1::ClinicService::NewStub(harness_.Channel());
  operator_ = v1::ClinicService::NewStub(harness_.Channel("operator"));
  service_accounts_ = v1::ServiceAccountService::NewStub(harness_.Channel());
  authorization_ = envoy::service::auth::v3::Authorization::NewStub(harness_.Channel());
}

ServiceTest::~ServiceTest() { harness_.Shutdown(); }

ServiceTest::Answer<v1::SignUpResponse> ServiceTest::SignUp(const std::string& email,
                                                            const std::string& password,
                                                            std::string request_id,
                                                            const std::string& address) {
  v1::SignUpRequest request;
  request.set_email(email);
  request.set_password(password);
  request.set_request_id(request_id.empty() ? NewRequestId() : std::move(request_id));
  return Call(*accounts_, &v1::AccountService::Stub::SignUp, request, "", address);
}

ServiceTest::Answer<v1::VerifyEmailResponse> ServiceTest::VerifyEmail(const std::string& token,
                                                                      const std::string& password,
                                                                      std::string request_id,
                                                                      const std::string& address) {
  v1::VerifyEmailRequest request;
  request.set_token(token);
  request.set_password(password);
  request.set_request_id(request_id.empty() ? NewRequestId() : std::move(request_id));
  return Call(*accounts_, &v1::AccountService::Stub::VerifyEmail, request, "", address);
}

ServiceTest::Answer<v1::Account> ServiceTest::GetAccount(const std::string& passport) {
  return Call(*accounts_, &v1::AccountService::Stub::GetAccount, v1::GetAccountRequest(), passport);
}

ServiceTest::Answer<v1::CloseAccountResponse> ServiceTest::CloseAccount(
    const std::string& passport, const std::string& password, std::string request_id,
    const std::string& second_factor_code) {
  v1::CloseAccountRequest request;
  request.set_password(password);
  request.set_request_id(request_id.empty() ? NewRequestId() : std::move(request_id));
  request.set_second_factor_code(second_factor_code);
  return Call(*accounts_, &v1::AccountService::Stub::CloseAccount, request, passport);
}

ServiceTest::Answer<v1::SignInResponse> ServiceTest::SignIn(const std::string& email,
                                                            const std::string& password,
                                                            const std::string& address) {
  v1::SignInRequest request;
  request.set_email(email);
  request.set_password(password);
  return Call(*sessions_, &v1::SessionService::Stub::SignIn, request, "", address);
}

ServiceTest::Answer<v1::SignInResponse> ServiceTest::SignInFrom(const std::string& device_token,
                                                                const std::string& email,
                                                                const std::string& password,
                                                                const std::string& user_agent) {
  v1::SignInRequest request;
  request.set_email(email);
  request.set_password(password);
  request.set_device_token(device_token);
  request.set_user_agent(user_agent);
  return Call(*sessions_, &v1::SessionService::Stub::SignIn, request);
}

ServiceTest::Answer<v1::SignOutResponse> ServiceTest::SignOut(const std::string& passport) {
  return Call(*sessions_, &v1::SessionService::Stub::SignOut, v1::SignOutRequest(), passport);
}

ServiceTest::Answer<v1::Session> ServiceTest::GetSession(const std::string& passport) {
  return Call(*sessions_, &v1::SessionService::Stub::GetSession, v1::GetSessionRequest(), passport);
}

ServiceTest::Answer<v1::IssuePassportResponse> ServiceTest::IssuePassport(
    const std::string& session_token) {
  v1::IssuePassportRequest request;
  request.set_session_token(session_token);
  return Call(*sessions_, &v1::SessionService::Stub::IssuePassport, request);
}

ServiceTest::Answer<v1::Clinic> ServiceTest::CreateClinic(const v1::CreateClinicRequest& request) {
  return Call(*operator_, &v1::ClinicService::Stub::CreateClinic, request);
}

ServiceTest::Answer<v1::StaffMember> ServiceTest::Invite(
    const v1::InviteStaffMemberRequest& request, const std::string& passport) {
  return Call(*clinics_, &v1::ClinicService::Stub::InviteStaffMember, request, passport);
}

ServiceTest::Answer<v1::AcceptStaffInvitationResponse> ServiceTest::Accept(
    const std::string& token, const std::string& password, const std::string& display_name,
    std::string request_id) {
  v1::AcceptStaffInvitationRequest request;
  request.set_token(token);
  request.set_password(password);
  request.set_display_name(display_name);
  request.set_request_id(request_id.empty() ? NewRequestId() : std::move(request_id));
  return Call(*clinics_, &v1::ClinicService::Stub::AcceptStaffInvitation, request);
}

v1::CreateClinicRequest ServiceTest::ClinicRequest(const std::string& slug,
                                                   const std::string& owner_email) {
  v1::CreateClinicRequest request;
  request.mutable_clinic()->set_slug(slug);
  request.mutable_clinic()->set_display_name("Clinic " + slug);
  request.mutable_clinic()->set_time_zone("America/Toronto");
  request.set_owner_email(owner_email);
  request.set_request_id(NewRequestId());
  return request;
}

v1::InviteStaffMemberRequest ServiceTest::InviteRequest(const std::string& clinic_id,
                                                        const std::string& email,
                                                        policy::v1::StaffRole role) {
  v1::InviteStaffMemberRequest request;
  request.set_clinic_id(clinic_id);
  request.set_email(email);
  request.add_roles(role);
  request.set_request_id(NewRequestId());
  return request;
}

void ServiceTest::NewAccount(const std::string& email, const std::string& password) {
  EXPECT_EQ(SignUp(email, password).Outcome(), "OK");
  EXPECT_EQ(VerifyEmail(VerificationToken(), password).Outcome(), "OK");
}

std::string ServiceTest::NewSessionToken(const std::string& email, const std::string& password) {
  const auto signed_in = SignIn(email, password);
  EXPECT_EQ(signed_in.Outcome(), "OK");
  return signed_in.response.session_token();
}

std::string ServiceTest::PassportOf(const std::string& session_token) {
  const auto issued = IssuePassport(session_token);
  EXPECT_EQ(issued.Outcome(), "OK");
  return issued.response.passport();
}

std::string ServiceTest::NewClinic(const std::string& slug, const std::string& owner_email) {
  const auto created = CreateClinic(ClinicRequest(slug, owner_email));
  EXPECT_EQ(created.Outcome(), "OK");
  EXPECT_EQ(Accept(InvitationToken()).Outcome(), "OK");
  return created.response.clinic_id();
}

std::vector<messaging::v1::Notice> ServiceTest::Mails() {
  while (Value(relay_->DeliverOnce()) > 0) {
  }
  return std::exchange(mails_, {});
}

std::vector<messaging::v1::Notice> ServiceTest::Notices() {
  while (Value(relay_->DeliverOnce()) > 0) {
  }
  return std::exchange(notices_, {});
}

std::string ServiceTest::TokenIn(const std::string& link, const std::string& page) {
  return TokenOf(link, page);
}

std::vector<std::string> ServiceTest::AccountsClosed() {
  while (Value(relay_->DeliverOnce()) > 0) {
  }
  return std::exchange(accounts_closed_, {});
}

std::vector<messaging::v1::PutAccountRequest> ServiceTest::AccountsTold() {
  while (Value(relay_->DeliverOnce()) > 0) {
  }
  return std::exchange(accounts_told_, {});
}

std::string ServiceTest::VerificationToken() {
  const std::vector<messaging::v1::Notice> mails = Mails();
  if (mails.size() != 1) return absl::StrCat(mails.size(), " mails");
  return TokenOf(mails[0].verify_email().link(), "verify");
}

std::string ServiceTest::InvitationToken() {
  const std::vector<messaging::v1::Notice> mails = Mails();
  if (mails.size() != 1) return absl::StrCat(mails.size(), " mails");
  return TokenOf(mails[0].staff_invitation().link(), "invitation");
}

void ServiceTest::InParallel(int threads, const std::function<void(int thread)>& fn) {
  std::latch start(threads);
  std::vector<std::thread> running;
  for (int i = 0; i < threads; ++i) {
    running.emplace_back([&, i] {
      start.arrive_and_wait();
      fn(i);
    });
  }
  for (std::thread& thread : running) thread.join();
}

}  // namespace portal::identity
