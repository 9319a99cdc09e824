#include "services/access_code/rpc/account_closure_handlers.h"

#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "portal/access_code/v1/account_closure_service.grpc.pb.h"
#include "portal/access_code/v1/form_access_service.grpc.pb.h"
#include "services/access_code/rpc/service_fixture.h"

namespace portal::access_code {
namespace {

using ::testing::ElementsAre;

class AccountClosureHandlersTest : public ServiceTest {
 protected:
  Answer<v1::CloseAccountResponse> Close(const std::string& account_id,
                                         const std::string& event_id) {
    v1::CloseAccountRequest request;
    request.set_account_id(account_id);
    request.set_event_id(event_id);
    return Call(*stub_, &v1::AccountClosureService::Stub::CloseAccount, request);
  }

  const std::unique_ptr<v1::AccountClosureService::Stub> stub_ =
      v1::AccountClosureService::NewStub(harness_.Channel("identity"));
};

TEST_F(AccountClosureHandlersTest, AllGrantsOfTheAccountEndAndNobodyElses) {
  const id::PatientId ada = NewPatient(clinic_);
  const id::PatientId bo = NewPatient(clinic_);
  NewGrant(ada, account_);
  NewGrant(bo, account_);
  NewGrant(ada, other_account_);
  ASSERT_EQ(Close(account_.ToString(), NewRequestId()).Outcome(), "OK");
  EXPECT_FALSE(IsGranted(ada, account_));
  EXPECT_FALSE(IsGranted(bo, account_));
  EXPECT_TRUE(IsGranted(ada, other_account_));
  EXPECT_EQ(StateOf(bo), v1::GRANT_STATE_ACCOUNT_CLOSED);
  EXPECT_EQ(Sql("SELECT count(*), count(DISTINCT patient_id), min(calling_service) "
                "FROM audit_events WHERE action = 'access_code.CloseAccount'"),
            "2|2|identity");
}

TEST_F(AccountClosureHandlersTest, FormsThatTheAccountOpenedAreClosedToIt) {
  const auto forms = v1::FormAccessService::NewStub(harness_.Channel("forms"));
  using Stub = v1::FormAccessService::Stub;
  const id::PatientId patient = NewPatient(clinic_);
  v1::IssueFormAccessCodeRequest issue;
  issue.set_clinic_id(clinic_.ToString());
  issue.set_patient_id(patient.ToString());
  issue.set_form_assignment_id(NewRequestId());
  for (const id::AccountId& account : {account_, other_account_}) {
    issue.set_request_id(NewRequestId());
    const auto issued = Call(*forms, &Stub::IssueFormAccessCode, issue, StaffPassport(clinic_));
    ASSERT_EQ(Redeem(issued.response.words(), account).Outcome(), "OK");
  }
  ASSERT_EQ(Close(account_.ToString(), NewRequestId()).Outcome(), "OK");
  v1::CheckFormAccessRequest check;
  check.add_form_assignment_ids(issue.form_assignment_id());
  const auto open = [&](const id::AccountId& account) {
    return Call(*forms, &Stub::CheckFormAccess, check, Passport(account)).response.forms_size();
  };
  EXPECT_EQ(open(account_), 0);
  EXPECT_EQ(open(other_account_), 1);
  EXPECT_EQ(Sql("SELECT patient_id, resource_kind FROM audit_events "
                "WHERE action = 'access_code.CloseAccount'"),
            patient.ToString() + "|access_code");
}

TEST_F(AccountClosureHandlersTest, ItsLastPassportRedeemsNothing) {
  const id::PatientId patient = NewPatient(clinic_);
  const auto issued = NewCode(patient);
  ASSERT_EQ(Close(account_.ToString(), NewRequestId()).Outcome(), "OK");
  const auto refused = Redeem(issued.words(), account_);
  EXPECT_EQ(refused.status.error_code(), grpc::StatusCode::UNAUTHENTICATED);
  EXPECT_EQ(refused.Outcome(), "SESSION_ENDED");
  EXPECT_EQ(Sql("SELECT count(*) FROM grants"), "0");
  EXPECT_EQ(Sql("SELECT actor_id, patient_id IS NULL FROM audit_events "
                "WHERE outcome = 'SESSION_ENDED'"),
            account_.ToString() + "|t");
  EXPECT_EQ(Redeem(issued.words(), other_account_).Outcome(), "OK");
}

TEST_F(AccountClosureHandlersTest, WhatIsRedeemedWhileTheAccountIsClosedEndsWithIt) {
  constexpr int kRaces = 40;
  std::vector<id::AccountId> accounts;
  std::vector<std::string> codes;
  for (int race = 0; race < kRaces; ++race) {
    accounts.push_back(id::AccountId::New(clock_));
    codes.push_back(NewCode(NewPatient(clinic_)).words());
  }
  int redeemed = 0;
  for (int race = 0; race < kRaces; ++race) {
    std::thread closing(
        [&] { EXPECT_EQ(Close(accounts[race].ToString(), NewRequestId()).Outcome(), "OK"); });
    const std::string outcome = Redeem(codes[race], accounts[race]).Outcome();
    closing.join();
    EXPECT_TRUE(outcome == "OK" || outcome == "SESSION_ENDED") << outcome;
    redeemed += outcome == "OK";
  }
  EXPECT_EQ(Sql("SELECT count(*) FILTER (WHERE revoked_at IS NULL), count(*) FROM grants"),
            absl::StrCat("0|", redeemed));
}

TEST_F(AccountClosureHandlersTest, DeliveredAgainItChangesNothing) {
  const id::PatientId patient = NewPatient(clinic_);
  NewGrant(patient, account_);
  const std::string event_id = NewRequestId();
  ASSERT_EQ(Close(account_.ToString(), event_id).Outcome(), "OK");
  const std::string grants = Sql("SELECT * FROM grants");
  clock_.Advance(absl::Hours(1));
  EXPECT_EQ(Close(account_.ToString(), event_id).Outcome(), "OK");
  EXPECT_EQ(Sql("SELECT * FROM grants"), grants);
  EXPECT_EQ(Close(NewRequestId(), NewRequestId()).Outcome(), "OK");
}

TEST_F(AccountClosureHandlersTest, WhatIsMalformedWillNeverSucceed) {
  EXPECT_THAT(status::InvalidFieldsOf(rpc::FromGrpc(Close("x", "y").status)),
              ElementsAre("event_id", "account_id"));
}

}  // namespace
}  // namespace portal::access_code
