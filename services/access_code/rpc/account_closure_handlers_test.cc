#include "services/access_code/rpc/account_closure_handlers.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "portal/access_code/v1/account_closure_service.grpc.pb.h"
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
