#include "services/access_code/rpc/holder_notice_handlers.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "portal/access_code/v1/holder_notice_service.grpc.pb.h"
#include "services/access_code/rpc/service_fixture.h"

namespace portal::access_code {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class HolderNoticeHandlersTest : public ServiceTest {
 protected:
  static constexpr messaging::v1::Notice::ContentCase kNewPlan =
      messaging::v1::Notice::kNewTreatmentPlan;

  v1::NotifyHoldersRequest RequestAbout(const id::PatientId& patient_id) const {
    v1::NotifyHoldersRequest request;
    request.set_event_id(NewRequestId());
    request.set_clinic_id(clinic_.ToString());
    request.set_patient_id(patient_id.ToString());
    request.set_kind(v1::HOLDER_NOTICE_KIND_NEW_TREATMENT_PLAN);
    return request;
  }
  Answer<v1::NotifyHoldersResponse> Notify(const v1::NotifyHoldersRequest& request) {
    return Call(*stub_, &v1::HolderNoticeService::Stub::NotifyHolders, request);
  }

  const std::unique_ptr<v1::HolderNoticeService::Stub> stub_ =
      v1::HolderNoticeService::NewStub(harness_.Channel("records"));
};

TEST_F(HolderNoticeHandlersTest, EachWhoHoldsAGrantNowIsToldAndNobodyElse) {
  const id::PatientId patient = NewPatient(clinic_);
  const id::AccountId revoked = id::AccountId::New(clock_);
  const id::AccountId ended = id::AccountId::New(clock_);
  NewGrant(patient, account_);
  NewGrant(patient, other_account_);
  ASSERT_EQ(Revoke(NewGrant(patient, revoked), clinic_).Outcome(), "OK");
  ASSERT_EQ(SetEnd(NewGrant(patient, ended), clock_.Now() + absl::Hours(1)).Outcome(), "OK");
  NewGrant(NewPatient(clinic_), id::AccountId::New(clock_));
  clock_.Advance(absl::Hours(1));
  ASSERT_EQ(Notify(RequestAbout(patient)).Outcome(), "OK");
  EXPECT_THAT(NoticesOf(kNewPlan),
              UnorderedElementsAre(account_.ToString(), other_account_.ToString()));
  for (const messaging::v1::Notice& notice : Notices()) {
    if (!notice.has_new_treatment_plan()) continue;
    EXPECT_EQ(notice.new_treatment_plan().patient_id(), patient.ToString());
    EXPECT_EQ(notice.new_treatment_plan().clinic_id(), clinic_.ToString());
  }
}

TEST_F(HolderNoticeHandlersTest, DeliveredAgainOrTwiceAtOnceItIsToldOnce) {
  const id::PatientId patient = NewPatient(clinic_);
  NewGrant(patient, account_);
  const v1::NotifyHoldersRequest request = RequestAbout(patient);
  AtOnce(8, [&](int) { EXPECT_EQ(Notify(request).Outcome(), "OK"); });
  EXPECT_EQ(Notify(request).Outcome(), "OK");
  EXPECT_THAT(NoticesOf(kNewPlan), ElementsAre(account_.ToString()));
  EXPECT_EQ(Notify(RequestAbout(patient)).Outcome(), "OK");
  EXPECT_THAT(NoticesOf(kNewPlan), ElementsAre(account_.ToString(), account_.ToString()));
}

TEST_F(HolderNoticeHandlersTest, OfAMergedPatientThoseOfTheOneWhoStayedAreTold) {
  const id::PatientId merged = NewPatient(clinic_), stayed = NewPatient(clinic_);
  NewGrant(merged, account_);
  NewGrant(stayed, other_account_);
  ASSERT_EQ(Merge(merged, stayed).Outcome(), "OK");
  ASSERT_EQ(Notify(RequestAbout(merged)).Outcome(), "OK");
  EXPECT_THAT(NoticesOf(kNewPlan),
              UnorderedElementsAre(account_.ToString(), other_account_.ToString()));
  for (const messaging::v1::Notice& notice : Notices()) {
    if (!notice.has_new_treatment_plan()) continue;
    EXPECT_EQ(notice.new_treatment_plan().patient_id(), stayed.ToString());
  }
}

TEST_F(HolderNoticeHandlersTest, OfAnotherClinicsPatientNobodyIsTold) {
  const id::PatientId patient = NewPatient(clinic_);
  NewGrant(patient, account_);
  v1::NotifyHoldersRequest request = RequestAbout(patient);
  request.set_clinic_id(other_clinic_.ToString());
  EXPECT_EQ(Notify(request).Outcome(), "OK");
  EXPECT_EQ(Notify(RequestAbout(id::PatientId::New(clock_))).Outcome(), "OK");
  EXPECT_THAT(NoticesOf(kNewPlan), IsEmpty());
}

TEST_F(HolderNoticeHandlersTest, WhatIsMalformedWillNeverSucceed) {
  v1::NotifyHoldersRequest request;
  EXPECT_THAT(status::InvalidFieldsOf(rpc::FromGrpc(Notify(request).status)),
              ElementsAre("event_id", "clinic_id", "patient_id", "kind"));
  request = RequestAbout(NewPatient(clinic_));
  request.set_kind(static_cast<v1::HolderNoticeKind>(77));
  EXPECT_EQ(Notify(request).Outcome(), "INVALID_FIELD");
}

}  // namespace
}  // namespace portal::access_code
