#include "libs/rpc/grant_checker.h"

#include <functional>
#include <future>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/server.h"
#include "grpcpp/server_builder.h"
#include "gtest/gtest.h"
#include "libs/rpc/channel.h"
#include "libs/rpc/status_conversion.h"
#include "libs/status/errors.h"
#include "portal/access_code/v1/grant_service.grpc.pb.h"

namespace portal::rpc {
namespace {

using access_code::v1::CheckGrantsRequest;
using access_code::v1::CheckGrantsResponse;

constexpr char kPatient[] = "0188a5d0-0000-7000-8000-000000000003";
constexpr char kOtherPatient[] = "0188a5d0-0000-7000-8000-000000000004";
constexpr char kPassport[] = "v4.public.of-the-person";

// Answers as the test says and remembers what it was asked.
class FakeGrantService final : public access_code::v1::GrantService::Service {
 public:
  grpc::Status CheckGrants(grpc::ServerContext* context, const CheckGrantsRequest* request,
                           CheckGrantsResponse* response) override {
    const auto passport = context->client_metadata().find(kPassportKey);
    if (passport != context->client_metadata().end()) {
      passport_ = std::string(passport->second.data(), passport->second.size());
    }
    patient_ = request->patient_ids(0);
    deadline_ = absl::FromChrono(context->deadline());
    return answer_(response);
  }

  std::function<grpc::Status(CheckGrantsResponse*)> answer_;
  std::string passport_;
  std::string patient_;
  absl::Time deadline_;
};

class GrantCheckerTest : public ::testing::Test {
 protected:
  GrantCheckerTest() {
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    builder.RegisterService(&service_);
    server_ = builder.BuildAndStart();
    checker_ = RemoteGrantChecker(
        grpc::CreateChannel(absl::StrCat("127.0.0.1:", port), grpc::InsecureChannelCredentials()));
  }

  // "OK" or the reason.
  std::string Check(absl::Duration time_left = absl::Seconds(20)) {
    const Context context({.method = "/portal.testing.v1.ProbeService/ReadPatient",
                           .service = "gateway",
                           .client_address = "",
                           .request_id = "0188a5d0-0000-7000-8000-000000000009",
                           .traceparent = "",
                           .deadline = absl::Now() + time_left,
                           .cancelled = [] { return false; }},
                          auth::MethodPolicy::Caller::kAccount,
                          std::make_shared<const auth::Passport>(), kPassport,
                          {.patient_id = *id::PatientId::Parse("patient_id", kPatient)});
    std::promise<absl::Status> done;
    checker_->Check(context, [&](absl::Status status) { done.set_value(std::move(status)); });
    const absl::Status status = done.get_future().get();
    return status.ok() ? "OK" : status::ReasonOf(status);
  }

  void Grant(const char* patient_id) {
    service_.answer_ = [patient_id](CheckGrantsResponse* response) {
      response->add_granted()->set_patient_id(patient_id);
      return grpc::Status::OK;
    };
  }

  void Fail(absl::StatusCode code, const char* reason) {
    service_.answer_ = [=](CheckGrantsResponse*) {
      return ToGrpc(status::Error(code, reason, "refused"));
    };
  }

  FakeGrantService service_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<GrantChecker> checker_;
};

TEST_F(GrantCheckerTest, GrantForThePatientIsOkAndIsAskedForWithThePersonsPassport) {
  Grant(kPatient);
  EXPECT_EQ(Check(), "OK");
  EXPECT_EQ(service_.patient_, kPatient);
  EXPECT_EQ(service_.passport_, kPassport);
}

TEST_F(GrantCheckerTest, NoGrantOrAnotherPatientsGrantIsNotFound) {
  service_.answer_ = [](CheckGrantsResponse*) { return grpc::Status::OK; };
  EXPECT_EQ(Check(), "PATIENT_NOT_FOUND");
  Grant(kOtherPatient);
  EXPECT_EQ(Check(), "PATIENT_NOT_FOUND");
}

TEST_F(GrantCheckerTest, PassportRefusedOnTheWayIsNotAnOutage) {
  Fail(absl::StatusCode::kUnauthenticated, "PASSPORT_INVALID");
  EXPECT_EQ(Check(), "PASSPORT_INVALID");
}

TEST_F(GrantCheckerTest, AnyOtherFailureIsAnOutage) {
  Fail(absl::StatusCode::kPermissionDenied, "SERVICE_NOT_ALLOWED");
  EXPECT_EQ(Check(), "DEPENDENCY_UNAVAILABLE");
  Fail(absl::StatusCode::kUnavailable, "OVERLOADED");
  EXPECT_EQ(Check(), "DEPENDENCY_UNAVAILABLE");
  server_->Shutdown();
  EXPECT_EQ(Check(absl::Seconds(2)), "DEPENDENCY_UNAVAILABLE");
}

TEST_F(GrantCheckerTest, DeadlineIsHandedOnShortened) {
  Grant(kPatient);
  const absl::Time caller_gives_up = absl::Now() + absl::Seconds(1);
  EXPECT_EQ(Check(absl::Seconds(1)), "OK");
  EXPECT_LT(service_.deadline_, caller_gives_up);
}

}  // namespace
}  // namespace portal::rpc
