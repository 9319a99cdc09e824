#include "libs/rpc/server.h"

#include <atomic>
#include <condition_variable>
#include <future>
#include <set>
#include <thread>

#include "absl/strings/str_cat.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/generic/generic_stub.h"
#include "gtest/gtest.h"
#include "libs/audit/queries.h"
#include "libs/auth/peer.h"
#include "libs/rpc/channel.h"
#include "libs/status/errors.h"
#include "libs/testing/pki.h"
#include "libs/testing/postgres.h"
#include "libs/testing/rpc_harness.h"
#include "portal/testing/v1/probe_service.grpc.pb.h"

namespace portal::rpc {
namespace {

using portal::testing::Caller;
using portal::testing::v1::ProbeRequest;
using portal::testing::v1::ProbeResponse;
using portal::testing::v1::ProbeService;

constexpr char kClinic[] = "0188a5d0-0000-7000-8000-000000000001";
constexpr char kPatient[] = "0188a5d0-0000-7000-8000-000000000003";

// A door that handlers wait at until the test opens it.
class Gate {
 public:
  void Open() {
    std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  void Pass() {
    std::unique_lock lock(mutex_);
    ++waiting_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return open_; });
  }
  void AwaitWaiting(int count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return waiting_ >= count; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
  int waiting_ = 0;
};

struct ProbeHandlers {
  absl::StatusOr<ProbeResponse> Echo(const Context& context, const ProbeRequest& request) {
    ++calls;
    if (during) during(context);
    if (request.text() == "throw") throw std::runtime_error("secret");
    if (request.text() == "unreasoned") return absl::InternalError("secret");
    if (request.text() == "missing") {
      return status::Error(absl::StatusCode::kNotFound, "SOAP_CHART_NOT_FOUND", "none");
    }
    ProbeResponse response;
    response.set_text(request.text());
    return response;
  }
  // Streams are stream_call_test.cc's.
  absl::StatusOr<std::unique_ptr<Stream<ProbeResponse>>> Watch(const Context&,
                                                               const ProbeRequest&) {
    return status::Cancelled();
  }

  std::atomic<int> calls = 0;
  std::function<void(const Context&)> during;
};

MethodTable Table(ProbeHandlers& handlers) {
  MethodTable table(ProbeService::service_full_name());
  table.Unary("CallPublic", Lane::kRead, &handlers, &ProbeHandlers::Echo)
      .Unary("CallAccount", Lane::kWrite, &handlers, &ProbeHandlers::Echo)
      .Unary("ReadPatient", Lane::kRead, &handlers, &ProbeHandlers::Echo)
      .Unary("ChangePatient", Lane::kWrite, &handlers, &ProbeHandlers::Echo)
      .Unary("CallStaff", Lane::kRead, &handlers, &ProbeHandlers::Echo)
      .Unary("CallService", Lane::kRead, &handlers, &ProbeHandlers::Echo)
      .ServerStreaming("Watch", Lane::kRead, &handlers, &ProbeHandlers::Watch);
  return table;
}

class ServerTest : public ::testing::Test {
 protected:
  ServerTest()
      : database_(portal::testing::PostgresCluster::Shared().CreateDatabase("foundation")),
        pool_({.conninfo = database_.app,
               .application_name = "server_test",
               .queries = {audit::queries::kAll}}),
        reads_(pool_, time::SystemClock()),
        harness_("probe") {}

  void Start() {
    ASSERT_TRUE(harness_.Start({Table(handlers_)}, &grants_, &reads_).ok());
    stub_ = ProbeService::NewStub(harness_.Channel());
  }

  using Method = grpc::Status (ProbeService::Stub::*)(grpc::ClientContext*, const ProbeRequest&,
                                                      ProbeResponse*);

  // "OK" or the reason.
  std::string Call(Method method, const ProbeRequest& request, const std::string& passport = "") {
    ProbeResponse response;
    Caller caller(passport);
    return Outcome((stub_.get()->*method)(caller, request, &response));
  }

  static std::string Outcome(const grpc::Status& status) {
    return status.ok() ? "OK" : status::ReasonOf(FromGrpc(status));
  }

  // The trail's rows: actor kind, patient, action, outcome.
  std::string Trail() {
    return portal::testing::Psql(
        database_.superuser,
        "SELECT actor_kind, patient_id, action, outcome FROM audit_events ORDER BY event_id");
  }

  std::string AccountPassport() { return harness_.Passport(account_); }

  const id::AccountId account_ = id::AccountId::New(time::SystemClock());
  const portal::testing::TestDatabase database_;
  db::Pool pool_;
  audit::ReadLog reads_;
  ProbeHandlers handlers_;
  portal::testing::FakeGrantChecker grants_;
  portal::testing::RpcHarness harness_;
  std::unique_ptr<ProbeService::Stub> stub_;
};

TEST_F(ServerTest, AnswersWithWhatTheHandlerReturns) {
  Start();
  ProbeRequest request;
  request.set_text("hé");
  ProbeResponse response;
  EXPECT_TRUE(stub_->CallPublic(Caller(), request, &response).ok());
  EXPECT_EQ(response.text(), "hé");
}

TEST_F(ServerTest, MetadataForTheAnswerIsSentIfTheCallSucceeds) {
  handlers_.during = [](const Context& context) {
    context.AddResponseMetadata("set-cookie", "a=1; Path=/");
    context.AddResponseMetadata("set-cookie", "b=2");
  };
  Start();
  ProbeResponse response;
  Caller succeeds;
  ASSERT_TRUE(stub_->CallPublic(succeeds, ProbeRequest(), &response).ok());
  std::multiset<std::string> values;
  const auto& metadata = succeeds.context().GetServerInitialMetadata();
  const auto [begin, end] = metadata.equal_range("set-cookie");
  for (auto it = begin; it != end; ++it) values.emplace(it->second.data(), it->second.size());
  EXPECT_EQ(values, (std::multiset<std::string>{"a=1; Path=/", "b=2"}));

  Caller fails;
  ProbeRequest missing;
  missing.set_text("missing");
  ASSERT_FALSE(stub_->CallPublic(fails, missing, &response).ok());
  EXPECT_EQ(fails.context().GetServerInitialMetadata().count("set-cookie"), 0u);
  EXPECT_EQ(fails.context().GetServerTrailingMetadata().count("set-cookie"), 0u);
}

TEST_F(ServerTest, ServiceAccountIsNamedInTheTrailAndByItsRepetitions) {
  std::string caller;
  handlers_.during = [&](const Context& context) { caller = context.Caller(); };
  Start();
  const auto clinic_id = *id::ClinicId::Parse("clinic_id", kClinic);
  const std::string passport = harness_.ServiceAccountPassport(
      account_, {.clinic_id = clinic_id, .scopes = {auth::ServiceScope::kPatientsRead}});
  ProbeRequest request;
  request.set_clinic_id(kClinic);
  request.set_patient_id(kPatient);
  EXPECT_EQ(Call(&ProbeService::Stub::CallStaff, request, passport), "OK");
  EXPECT_EQ(caller, "service_account:" + account_.ToString());
  EXPECT_EQ(Call(&ProbeService::Stub::CallAccount, request, passport),
            "SERVICE_ACCOUNT_NOT_ALLOWED");
  EXPECT_EQ(portal::testing::Psql(database_.superuser,
                                  "SELECT actor_kind, actor_id, action, outcome FROM audit_events "
                                  "ORDER BY event_id"),
            absl::StrCat("service_account|", account_.ToString(),
                         "|testing.CallAccount|SERVICE_ACCOUNT_NOT_ALLOWED"));
  EXPECT_EQ(handlers_.calls, 1);
}

TEST_F(ServerTest, MethodWithoutHandlerKeepsTheServerFromStarting) {
  MethodTable table(ProbeService::service_full_name());
  table.Unary("CallPublic", Lane::kRead, &handlers_, &ProbeHandlers::Echo);
  EXPECT_FALSE(harness_.Start({std::move(table)}, &grants_, &reads_).ok());
}

TEST_F(ServerTest, FaultyPolicyOrTableKeepsTheServerFromStarting) {
  MethodTable faulty("portal.testing.v1.FaultyService");
  for (const char* name : {"NoPolicy", "NoService", "NoCaller", "NoRole", "NoClinicField",
                           "UnknownField", "WrongField"}) {
    faulty.Unary(name, Lane::kRead, &handlers_, &ProbeHandlers::Echo);
  }
  const absl::Status status = harness_.Start({std::move(faulty)}, &grants_, &reads_);
  EXPECT_NE(status.message().find("NoPolicy: no policy"), absl::string_view::npos) << status;
  EXPECT_FALSE(
      harness_.Start({MethodTable("portal.testing.v1.NoSuchService")}, &grants_, &reads_).ok());
}

TEST_F(ServerTest, StreamOfPatientDataKeepsTheServerFromStarting) {
  MethodTable faulty("portal.testing.v1.FaultyStreamService");
  for (const char* name : {"WatchPatient", "WatchPatients"}) {
    faulty.ServerStreaming(name, Lane::kRead, &handlers_, &ProbeHandlers::Watch);
  }
  const absl::Status status = harness_.Start({std::move(faulty)}, &grants_, &reads_);
  for (const char* fault : {"WatchPatient: streams neither", "WatchPatients: streams neither"}) {
    EXPECT_NE(status.message().find(fault), absl::string_view::npos) << status;
  }
}

TEST_F(ServerTest, GrantMethodsNeedAGrantChecker) {
  EXPECT_FALSE(harness_.Start({Table(handlers_)}, nullptr, &reads_).ok());
}

TEST_F(ServerTest, OnlyCertificatesNamedInThePolicyMayCall) {
  Start();
  ProbeResponse response;
  auto records = ProbeService::NewStub(harness_.Channel("records"));
  EXPECT_EQ(Outcome(records->CallPublic(Caller(), ProbeRequest(), &response)),
            "SERVICE_NOT_ALLOWED");
  EXPECT_EQ(Outcome(records->CallService(Caller(), ProbeRequest(), &response)), "OK");
  EXPECT_EQ(Call(&ProbeService::Stub::CallService, ProbeRequest()), "SERVICE_NOT_ALLOWED");
  EXPECT_EQ(handlers_.calls, 1);
}

TEST_F(ServerTest, CertificateOfAnotherTrustDomainIsNobody) {
  Start();
  auto channel = ServiceChannel(harness_.address(), harness_.server_uri(),
                                harness_.pki().FilesOf("gateway", 1, "elsewhere.test"));
  ProbeResponse response;
  EXPECT_EQ(
      Outcome(ProbeService::NewStub(channel)->CallPublic(Caller(), ProbeRequest(), &response)),
      "SERVICE_NOT_ALLOWED");
  EXPECT_EQ(handlers_.calls, 0);
}

TEST_F(ServerTest, ServerThatIsAnotherServiceThanTheOneCalledGetsNoCall) {
  Start();
  const std::string name = harness_.options().service;
  for (const std::string& called :
       {auth::ServiceUri(testing::kTrustDomain, "access_code"),
        auth::ServiceUri(testing::kTrustDomain, name + "x"),
        auth::ServiceUri("elsewhere.test", name), std::string("localhost"), std::string()}) {
    auto channel = ServiceChannel(harness_.address(), called, harness_.pki().FilesOf("gateway"));
    ProbeResponse response;
    EXPECT_EQ(ProbeService::NewStub(channel)
                  ->CallPublic(Caller("", absl::Seconds(3)), ProbeRequest(), &response)
                  .error_code(),
              grpc::StatusCode::UNAVAILABLE)
        << called;
  }
  EXPECT_EQ(handlers_.calls, 0);
}

TEST_F(ServerTest, CertificateOfAnotherCaIsWorthNothingWhateverItNames) {
  Start();
  portal::testing::Pki other(harness_.folder() / "other");
  const TlsFiles ours = harness_.pki().FilesOf("gateway"), theirs = other.FilesOf("gateway");
  // The client's own is foreign; then only what it trusts is, so that the server's is foreign to
  // it.
  for (const TlsFiles& files : {TlsFiles{theirs.certificate, theirs.key, ours.ca},
                                TlsFiles{ours.certificate, ours.key, theirs.ca}}) {
    auto channel = ServiceChannel(harness_.address(), harness_.server_uri(), files);
    ProbeResponse response;
    EXPECT_EQ(ProbeService::NewStub(channel)
                  ->CallPublic(Caller("", absl::Seconds(3)), ProbeRequest(), &response)
                  .error_code(),
              grpc::StatusCode::UNAVAILABLE);
  }
  EXPECT_EQ(handlers_.calls, 0);
}

TEST_F(ServerTest, ClientWithoutCertificateGetsNoConnection) {
  Start();
  auto channel = grpc::CreateChannel(harness_.address(), grpc::InsecureChannelCredentials());
  ProbeResponse response;
  EXPECT_EQ(ProbeService::NewStub(channel)
                ->CallPublic(Caller("", absl::Seconds(3)), ProbeRequest(), &response)
                .error_code(),
            grpc::StatusCode::UNAVAILABLE);
}

TEST_F(ServerTest, PassportIsRequiredAndChecked) {
  Start();
  EXPECT_EQ(Call(&ProbeService::Stub::CallAccount, ProbeRequest()), "PASSPORT_MISSING");
  EXPECT_EQ(Call(&ProbeService::Stub::CallAccount, ProbeRequest(), "v4.public.x.y"),
            "PASSPORT_INVALID");
  EXPECT_EQ(Call(&ProbeService::Stub::CallAccount, ProbeRequest(), AccountPassport()), "OK");
  EXPECT_EQ(handlers_.calls, 1);
}

TEST_F(ServerTest, RoleAtTheClinicIsRequired) {
  Start();
  ProbeRequest request;
  request.set_clinic_id(kClinic);
  const auto clinic = *id::ClinicId::Parse("clinic_id", kClinic);
  EXPECT_EQ(Call(&ProbeService::Stub::CallStaff, request, AccountPassport()),
            "NOT_STAFF_OF_CLINIC");
  EXPECT_EQ(Call(&ProbeService::Stub::CallStaff, request,
                 harness_.Passport(account_, {{clinic, {auth::StaffRole::kFrontDesk}}})),
            "ROLE_NOT_ALLOWED");
  EXPECT_EQ(handlers_.calls, 0);
  EXPECT_EQ(Call(&ProbeService::Stub::CallStaff, request,
                 harness_.Passport(account_, {{clinic, {auth::StaffRole::kOwner}}})),
            "OK");
}

TEST_F(ServerTest, ChangeWithoutGrantNeverReachesTheHandler) {
  Start();
  ProbeRequest request;
  request.set_patient_id(kPatient);
  EXPECT_EQ(Call(&ProbeService::Stub::ChangePatient, request, AccountPassport()),
            "PATIENT_NOT_FOUND");
  grants_.Fail(status::DependencyUnavailable("access_code"));
  EXPECT_EQ(Call(&ProbeService::Stub::ChangePatient, request, AccountPassport()),
            "DEPENDENCY_UNAVAILABLE");
  EXPECT_EQ(handlers_.calls, 0);
  grants_.Fail(absl::OkStatus());
  grants_.Grant(account_, *id::PatientId::Parse("patient_id", kPatient));
  EXPECT_EQ(Call(&ProbeService::Stub::ChangePatient, request, AccountPassport()), "OK");
}

TEST_F(ServerTest, GrantRevokedWhileTheDataIsReadKeepsTheDataIn) {
  const auto patient = *id::PatientId::Parse("patient_id", kPatient);
  grants_.Grant(account_, patient);
  std::atomic<bool> revoking = false;
  // The handler has begun; whatever it reads from now on may have been written after the
  // revocation.
  handlers_.during = [&](const Context&) {
    if (revoking) grants_.Revoke(account_, patient);
  };
  Start();
  ProbeRequest request;
  request.set_patient_id(kPatient);
  request.set_text("canary");
  EXPECT_EQ(Call(&ProbeService::Stub::ReadPatient, request, AccountPassport()), "OK");
  revoking = true;
  ProbeResponse response;
  const std::string passport = AccountPassport();
  const grpc::Status status = stub_->ReadPatient(Caller(passport), request, &response);
  EXPECT_EQ(Outcome(status), "PATIENT_NOT_FOUND");
  EXPECT_EQ(response.text(), "");
}

TEST_F(ServerTest, ReadsAreInTheTrailBeforeTheirAnswerRefusalsToo) {
  Start();
  ProbeRequest request;
  request.set_patient_id(kPatient);
  EXPECT_EQ(Call(&ProbeService::Stub::ReadPatient, request, AccountPassport()),
            "PATIENT_NOT_FOUND");
  const std::string refused =
      absl::StrCat("account|", kPatient, "|testing.ReadPatient|PATIENT_NOT_FOUND");
  EXPECT_EQ(Trail(), refused);
  grants_.Grant(account_, *id::PatientId::Parse("patient_id", kPatient));
  EXPECT_EQ(Call(&ProbeService::Stub::ReadPatient, request, AccountPassport()), "OK");
  EXPECT_EQ(Trail(), absl::StrCat(refused, "\naccount|", kPatient, "|testing.ReadPatient|OK"));
}

TEST_F(ServerTest, ChangeRefusedToAKnownPersonIsInTheTrail) {
  Start();
  ProbeRequest request;
  request.set_patient_id(kPatient);
  request.set_clinic_id(kClinic);
  EXPECT_EQ(Call(&ProbeService::Stub::ChangePatient, request, AccountPassport()),
            "PATIENT_NOT_FOUND");
  EXPECT_EQ(Call(&ProbeService::Stub::CallStaff, request, AccountPassport()),
            "NOT_STAFF_OF_CLINIC");
  const std::string refused =
      absl::StrCat("account|", kPatient, "|testing.ChangePatient|PATIENT_NOT_FOUND",
                   "\nstaff||testing.CallStaff|NOT_STAFF_OF_CLINIC");
  EXPECT_EQ(Trail(), refused);
  // Refused for another reason, by nobody known, or made: not the adapter's to record.
  EXPECT_EQ(Call(&ProbeService::Stub::ChangePatient, request), "PASSPORT_MISSING");
  request.set_patient_id("x");
  EXPECT_EQ(Call(&ProbeService::Stub::ChangePatient, request, AccountPassport()), "INVALID_FIELD");
  request.set_patient_id(kPatient);
  grants_.Grant(account_, *id::PatientId::Parse("patient_id", kPatient));
  EXPECT_EQ(Call(&ProbeService::Stub::ChangePatient, request, AccountPassport()), "OK");
  EXPECT_EQ(Trail(), refused);
}

TEST_F(ServerTest, ChangeOfWhatIsNotThereIsInTheTrail) {
  Start();
  ProbeRequest request;
  request.set_text("missing");
  EXPECT_EQ(Call(&ProbeService::Stub::CallAccount, request, AccountPassport()),
            "SOAP_CHART_NOT_FOUND");
  EXPECT_EQ(Trail(), "account||testing.CallAccount|SOAP_CHART_NOT_FOUND");
}

TEST_F(ServerTest, ReadThatCannotBeAuditedIsRefused) {
  Start();
  grants_.Grant(account_, *id::PatientId::Parse("patient_id", kPatient));
  reads_.Stop();
  ProbeRequest request;
  request.set_patient_id(kPatient);
  request.set_text("canary");
  ProbeResponse response;
  const std::string passport = AccountPassport();
  EXPECT_EQ(Outcome(stub_->ReadPatient(Caller(passport), request, &response)), "OVERLOADED");
  EXPECT_EQ(response.text(), "");
}

TEST_F(ServerTest, MalformedBytesInvalidUtf8AndNulAreInvalidFields) {
  Start();
  ProbeRequest request;
  request.add_nested()->set_text(std::string("a\0b", 3));
  EXPECT_EQ(Call(&ProbeService::Stub::CallPublic, request), "INVALID_FIELD");
  EXPECT_EQ(handlers_.calls, 0);

  grpc::GenericStub stub(harness_.Channel());
  for (const std::string& bytes : {std::string("\x1a\x02\xff\xfe"), std::string("\xff\xff\xff")}) {
    const grpc::Slice slice(bytes);
    const grpc::ByteBuffer sent(&slice, 1);
    grpc::ByteBuffer received;
    Caller caller;
    std::promise<grpc::Status> done;
    stub.UnaryCall(&caller.context(), "/portal.testing.v1.ProbeService/CallPublic", {}, &sent,
                   &received, [&](grpc::Status status) { done.set_value(status); });
    EXPECT_EQ(Outcome(done.get_future().get()), "INVALID_FIELD");
  }
  EXPECT_EQ(handlers_.calls, 0);
}

TEST_F(ServerTest, DefectsLeaveAsInternalWithoutTheirText) {
  Start();
  for (const char* text : {"throw", "unreasoned"}) {
    ProbeRequest request;
    request.set_text(text);
    ProbeResponse response;
    const grpc::Status status = stub_->CallPublic(Caller(), request, &response);
    EXPECT_EQ(Outcome(status), "INTERNAL");
    EXPECT_EQ(status.error_message().find("secret"), std::string::npos);
    EXPECT_EQ(status.error_details().find("secret"), std::string::npos);
  }
}

TEST_F(ServerTest, FullQueueIsUnavailableWithRetryInfoAndOtherLanesGoOn) {
  harness_.options().executor.write = {.workers = 1, .capacity = 1};
  Gate gate;
  handlers_.during = [&](const Context& context) {
    if (context.has_person()) gate.Pass();
  };
  Start();
  const std::string passport = AccountPassport();
  std::vector<std::future<std::string>> calls;
  const auto call = [&] {
    return Call(&ProbeService::Stub::CallAccount, ProbeRequest(), passport);
  };
  calls.push_back(std::async(std::launch::async, call));
  gate.AwaitWaiting(1);
  // One runs. Of two more, one finds room in the queue, and the other is refused while the first is
  // still held.
  calls.push_back(std::async(std::launch::async, call));
  calls.push_back(std::async(std::launch::async, call));
  int refused = 0;
  while (refused == 0) {
    for (auto& waiting : {&calls[1], &calls[2]}) {
      if (waiting->wait_for(std::chrono::milliseconds(1)) == std::future_status::ready) ++refused;
    }
  }
  EXPECT_EQ(Call(&ProbeService::Stub::CallPublic, ProbeRequest()), "OK");
  gate.Open();
  std::map<std::string, int> outcomes;
  for (auto& waiting : calls) ++outcomes[waiting.get()];
  EXPECT_EQ(outcomes["OK"], 2);
  EXPECT_EQ(outcomes["OVERLOADED"], 1);
}

TEST_F(ServerTest, CallWithoutDeadlineGetsTheServersAndALaterOneIsCut) {
  std::atomic<int64_t> seen_us;
  handlers_.during = [&](const Context& context) {
    seen_us = absl::ToUnixMicros(context.deadline());
  };
  const auto within = [&](absl::Duration limit) {
    return absl::FromUnixMicros(seen_us) <= absl::Now() + limit;
  };
  Start();
  ProbeResponse response;
  grpc::ClientContext none;
  ASSERT_TRUE(stub_->CallPublic(&none, ProbeRequest(), &response).ok());
  EXPECT_TRUE(within(absl::Seconds(5)));
  ASSERT_TRUE(stub_->CallPublic(Caller("", absl::Hours(1)), ProbeRequest(), &response).ok());
  EXPECT_TRUE(within(absl::Seconds(5)));
  ASSERT_TRUE(stub_->CallPublic(Caller("", absl::Seconds(2)), ProbeRequest(), &response).ok());
  EXPECT_TRUE(within(absl::Milliseconds(2500)));
}

// Hands its question to the test, which answers when it likes.
class DeferredGrantChecker final : public GrantChecker {
 public:
  using Question = std::pair<const Context*, std::function<void(absl::Status)>>;

  void Check(const Context& context, std::function<void(absl::Status)> done) override {
    asked_.set_value({&context, std::move(done)});
  }
  Question Await() { return asked_.get_future().get(); }

 private:
  std::promise<Question> asked_;
};

TEST_F(ServerTest, CallCancelledBeforeItsTurnIsNotHandled) {
  DeferredGrantChecker grants;
  ASSERT_TRUE(harness_.Start({Table(handlers_)}, &grants, &reads_).ok());
  stub_ = ProbeService::NewStub(harness_.Channel());
  Caller caller(AccountPassport());
  ProbeRequest request;
  request.set_patient_id(kPatient);
  ProbeResponse response;
  std::promise<void> answered;
  stub_->async()->ChangePatient(&caller.context(), &request, &response,
                                [&](const grpc::Status&) { answered.set_value(); });
  auto [context, grant] = grants.Await();
  caller.context().TryCancel();
  while (!context->cancelled()) std::this_thread::yield();
  grant(absl::OkStatus());
  answered.get_future().wait();
  harness_.Shutdown();
  EXPECT_EQ(handlers_.calls, 0);
}

TEST_F(ServerTest, ShutdownLetsARunningCallFinish) {
  Gate gate;
  handlers_.during = [&](const Context&) { gate.Pass(); };
  Start();
  auto held = std::async(std::launch::async,
                         [&] { return Call(&ProbeService::Stub::CallPublic, ProbeRequest()); });
  gate.AwaitWaiting(1);
  auto shutdown = std::async(std::launch::async, [&] { harness_.Shutdown(); });
  gate.Open();
  EXPECT_EQ(held.get(), "OK");
  shutdown.get();
}

TEST_F(ServerTest, PortInUseAndMissingTlsFilesKeepTheServerFromStarting) {
  Start();
  portal::testing::RpcHarness other("probe");
  other.options().listen_address = absl::StrCat("127.0.0.1:", harness_.server().port());
  EXPECT_FALSE(other.Start({Table(handlers_)}, &grants_, &reads_).ok());
  other.options().listen_address = "127.0.0.1:0";
  other.options().tls.key = "/nonexistent";
  EXPECT_EQ(other.Start({Table(handlers_)}, &grants_, &reads_).message(),
            "/nonexistent: cannot be read");
  other.options().tls = other.pki().FilesOf("probe", -1);
  EXPECT_NE(other.Start({Table(handlers_)}, &grants_, &reads_).message().find("has expired"),
            absl::string_view::npos);
}

}  // namespace
}  // namespace portal::rpc
