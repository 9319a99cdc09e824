#include "libs/rpc/grant_checker.h"

#include <condition_variable>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/server.h"
#include "grpcpp/server_builder.h"
#include "gtest/gtest.h"
#include "libs/rpc/status_conversion.h"
#include "libs/status/errors.h"
#include "portal/access_code/v1/grant_service.grpc.pb.h"

namespace portal::rpc {
namespace {

using access_code::v1::CheckGrantsRequest;
using access_code::v1::CheckGrantsResponse;

using ::testing::Each;
using ::testing::Lt;

constexpr char kPatient[] = "0188a5d0-0000-7000-8000-000000000003";
constexpr char kPassport[] = "v4.public.of-the-person";

// Answers as the test says and remembers what it was asked. Thread-safe.
class FakeGrantService final : public access_code::v1::GrantService::Service {
 public:
  using Answer = std::function<grpc::Status(const CheckGrantsRequest&, CheckGrantsResponse*)>;

  grpc::Status CheckGrants(grpc::ServerContext* context, const CheckGrantsRequest* request,
                           CheckGrantsResponse* response) override {
    std::unique_lock lock(mutex_);
    requests_.push_back(*request);
    deadline_ = absl::FromChrono(context->deadline());
    changed_.notify_all();
    changed_.wait(lock, [this] { return !held_; });
    const Answer answer = answer_;
    lock.unlock();
    return answer(*request, response);
  }

  void Set(Answer answer) {
    std::lock_guard lock(mutex_);
    answer_ = std::move(answer);
  }
  // While held, calls arrive and are not answered.
  void Hold(bool held) {
    std::lock_guard lock(mutex_);
    held_ = held;
    changed_.notify_all();
  }
  void AwaitCalls(size_t calls) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return requests_.size() >= calls; });
  }
  std::vector<CheckGrantsRequest> requests() {
    std::lock_guard lock(mutex_);
    return requests_;
  }
  absl::Time deadline() {
    std::lock_guard lock(mutex_);
    return deadline_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool held_ = false;
  Answer answer_;
  std::vector<CheckGrantsRequest> requests_;
  absl::Time deadline_;
};

// What one check came to: "OK" or the reason.
class Outcome {
 public:
  std::function<void(absl::Status)> Setter() {
    return [this](absl::Status status) {
      set_.set_value(status.ok() ? "OK" : status::ReasonOf(status));
    };
  }
  std::string Get() { return set_.get_future().get(); }

 private:
  std::promise<std::string> set_;
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

  static Context CallAbout(const std::string& patient_id, const std::string& passport) {
    return Context({.method = "/portal.testing.v1.ProbeService/ReadPatient",
                    .service = "gateway",
                    .client_address = "",
                    .request_id = "0188a5d0-0000-7000-8000-000000000009",
                    .traceparent = "",
                    .deadline = absl::Now() + absl::Seconds(20),
                    .cancelled = [] { return false; }},
                   auth::MethodPolicy::Caller::kAccount, std::make_shared<const auth::Passport>(),
                   passport, {.patient_id = *id::PatientId::Parse("patient_id", patient_id)});
  }

  std::string Check() {
    Outcome outcome;
    checker_->Check(CallAbout(kPatient, kPassport), outcome.Setter());
    return outcome.Get();
  }

  void AnswerAll(access_code::v1::GrantAnswer answer) {
    service_.Set([answer](const CheckGrantsRequest& request, CheckGrantsResponse* response) {
      for (int i = 0; i < request.questions_size(); ++i) response->add_answers(answer);
      return grpc::Status::OK;
    });
  }

  void Fail(absl::StatusCode code, const char* reason) {
    service_.Set([=](const CheckGrantsRequest&, CheckGrantsResponse*) {
      return ToGrpc(status::Error(code, reason, "refused"));
    });
  }

  FakeGrantService service_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<GrantChecker> checker_;
};

TEST_F(GrantCheckerTest, GrantForThePatientIsOkAndIsAskedForWithThePersonsPassport) {
  AnswerAll(access_code::v1::GRANT_ANSWER_GRANTED);
  EXPECT_EQ(Check(), "OK");
  const std::vector<CheckGrantsRequest> requests = service_.requests();
  ASSERT_EQ(requests.size(), 1u);
  ASSERT_EQ(requests[0].questions_size(), 1);
  EXPECT_EQ(requests[0].questions(0).patient_id(), kPatient);
  EXPECT_EQ(requests[0].questions(0).passport(), kPassport);
}

TEST_F(GrantCheckerTest, NoGrantIsNotFound) {
  AnswerAll(access_code::v1::GRANT_ANSWER_NOT_GRANTED);
  EXPECT_EQ(Check(), "PATIENT_NOT_FOUND");
}

TEST_F(GrantCheckerTest, PassportRefusedOnTheWayIsNotAnOutage) {
  AnswerAll(access_code::v1::GRANT_ANSWER_PASSPORT_INVALID);
  EXPECT_EQ(Check(), "PASSPORT_INVALID");
}

TEST_F(GrantCheckerTest, AnyOtherAnswerIsAnOutage) {
  Fail(absl::StatusCode::kPermissionDenied, "SERVICE_NOT_ALLOWED");
  EXPECT_EQ(Check(), "DEPENDENCY_UNAVAILABLE");
  Fail(absl::StatusCode::kUnavailable, "OVERLOADED");
  EXPECT_EQ(Check(), "DEPENDENCY_UNAVAILABLE");
  AnswerAll(access_code::v1::GRANT_ANSWER_UNSPECIFIED);
  EXPECT_EQ(Check(), "DEPENDENCY_UNAVAILABLE");
  service_.Set([](const CheckGrantsRequest&, CheckGrantsResponse* response) {
    response->add_answers(access_code::v1::GRANT_ANSWER_GRANTED);
    response->add_answers(access_code::v1::GRANT_ANSWER_GRANTED);
    return grpc::Status::OK;
  });
  EXPECT_EQ(Check(), "DEPENDENCY_UNAVAILABLE");
  server_->Shutdown();
  EXPECT_EQ(Check(), "DEPENDENCY_UNAVAILABLE");
}

TEST_F(GrantCheckerTest, AnAnswerIsWaitedForHardlyLongerThanItTakes) {
  AnswerAll(access_code::v1::GRANT_ANSWER_GRANTED);
  const absl::Time asked = absl::Now();
  EXPECT_EQ(Check(), "OK");
  EXPECT_LT(service_.deadline(), asked + absl::Seconds(10));
}

TEST_F(GrantCheckerTest, QuestionsThatArriveTogetherShareCallsAndGetEachTheirOwnAnswer) {
  service_.Set([](const CheckGrantsRequest& request, CheckGrantsResponse* response) {
    for (const auto& question : request.questions()) {
      response->add_answers(question.passport() == "granted"
                                ? access_code::v1::GRANT_ANSWER_GRANTED
                                : access_code::v1::GRANT_ANSWER_NOT_GRANTED);
    }
    return grpc::Status::OK;
  });
  service_.Hold(true);
  constexpr int kQuestions = 152;
  std::vector<Outcome> outcomes(kQuestions);
  for (int i = 0; i < kQuestions; ++i) {
    checker_->Check(CallAbout(kPatient, i % 3 == 0 ? "granted" : "not granted"),
                    outcomes[i].Setter());
    // So that the first two are calls of their own.
    if (i < 2) service_.AwaitCalls(i + 1);
  }
  service_.Hold(false);
  for (int i = 0; i < kQuestions; ++i) {
    EXPECT_EQ(outcomes[i].Get(), i % 3 == 0 ? "OK" : "PATIENT_NOT_FOUND") << i;
  }
  // Two alone, and 150 in a full one and the rest.
  EXPECT_EQ(service_.requests().size(), 4u);
}

TEST_F(GrantCheckerTest, LongPassportsAreSpreadOverCalls) {
  AnswerAll(access_code::v1::GRANT_ANSWER_GRANTED);
  service_.Hold(true);
  std::vector<Outcome> outcomes(92);
  for (size_t i = 0; i < outcomes.size(); ++i) {
    checker_->Check(CallAbout(kPatient, std::string(8 * 1024, 'x')), outcomes[i].Setter());
    if (i < 2) service_.AwaitCalls(i + 1);
  }
  service_.Hold(false);
  for (Outcome& outcome : outcomes) EXPECT_EQ(outcome.Get(), "OK");
  std::vector<size_t> bytes;
  for (const CheckGrantsRequest& request : service_.requests()) {
    bytes.push_back(request.ByteSizeLong());
  }
  EXPECT_THAT(bytes, Each(Lt(size_t{512 * 1024})));
}

TEST_F(GrantCheckerTest, OneThatDoesNotAnswerIsNotWaitedForByEachInTurn) {
  AnswerAll(access_code::v1::GRANT_ANSWER_GRANTED);
  service_.Hold(true);
  constexpr int kQuestions = 1000;
  std::vector<Outcome> outcomes(kQuestions);
  const absl::Time asked = absl::Now();
  for (Outcome& outcome : outcomes) {
    checker_->Check(CallAbout(kPatient, kPassport), outcome.Setter());
  }
  for (Outcome& outcome : outcomes) EXPECT_EQ(outcome.Get(), "DEPENDENCY_UNAVAILABLE");
  // One after the other, a hundred at a time, they would have waited for ten seconds.
  EXPECT_LT(absl::Now() - asked, absl::Seconds(8));
  service_.Hold(false);
  EXPECT_EQ(Check(), "OK");
}

TEST_F(GrantCheckerTest, MoreThanCanWaitAreRefusedAtOnce) {
  AnswerAll(access_code::v1::GRANT_ANSWER_GRANTED);
  service_.Hold(true);
  std::vector<Outcome> outcomes(2 + 4000);
  for (size_t i = 0; i < outcomes.size(); ++i) {
    checker_->Check(CallAbout(kPatient, kPassport), outcomes[i].Setter());
    if (i < 2) service_.AwaitCalls(i + 1);
  }
  EXPECT_EQ(Check(), "OVERLOADED");
  service_.Hold(false);
  for (Outcome& outcome : outcomes) EXPECT_EQ(outcome.Get(), "OK");
}

TEST_F(GrantCheckerTest, EndsWhileQuestionsAreUnderWay) {
  AnswerAll(access_code::v1::GRANT_ANSWER_GRANTED);
  service_.Hold(true);
  Outcome outcome;
  checker_->Check(CallAbout(kPatient, kPassport), outcome.Setter());
  service_.AwaitCalls(1);
  checker_.reset();
  EXPECT_EQ(outcome.Get(), "DEPENDENCY_UNAVAILABLE");
  service_.Hold(false);
}

}  // namespace
}  // namespace portal::rpc
