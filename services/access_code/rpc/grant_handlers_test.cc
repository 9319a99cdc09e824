#include "services/access_code/rpc/grant_handlers.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/rpc/timestamp.h"
#include "services/access_code/domain/limits.h"
#include "services/access_code/rpc/service_fixture.h"

namespace portal::access_code {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class GrantHandlersTest : public ServiceTest {
 protected:
  Answer<v1::ListMyPatientsResponse> ListMyPatients(const id::AccountId& account_id,
                                                    int page_size = 0,
                                                    const std::string& page_token = "") {
    v1::ListMyPatientsRequest request;
    request.set_page_size(page_size);
    request.set_page_token(page_token);
    return Call(*grants_, &v1::GrantService::Stub::ListMyPatients, request, Passport(account_id));
  }

  Answer<v1::ExplainAccessResponse> Explain(const id::PatientId& patient_id,
                                            const id::AccountId& account_id,
                                            const id::ClinicId& clinic_id) {
    v1::ExplainAccessRequest request;
    request.set_clinic_id(clinic_id.ToString());
    request.set_patient_id(patient_id.ToString());
    request.set_account_id(account_id.ToString());
    return Call(*grants_, &v1::GrantService::Stub::ExplainAccess, request,
                StaffPassport(clinic_id));
  }
  Answer<v1::ExplainMyAccessResponse> ExplainMine(const id::PatientId& patient_id,
                                                  const id::AccountId& account_id) {
    v1::ExplainMyAccessRequest request;
    request.set_patient_id(patient_id.ToString());
    return Call(*grants_, &v1::GrantService::Stub::ExplainMyAccess, request, Passport(account_id));
  }
};

TEST_F(GrantHandlersTest, MyPatientsAreEmptyUntilACodeIsRedeemedAndSortedByName) {
  const id::PatientId zoe = NewPatient(clinic_, "Zoë Ray");
  const id::PatientId ada = NewPatient(clinic_, "ada Moss");
  EXPECT_EQ(ListMyPatients(account_).response.patients_size(), 0);
  const std::string zoe_grant = NewGrant(zoe, account_);
  NewGrant(ada, account_);
  NewGrant(zoe, other_account_);
  const auto listed = ListMyPatients(account_).response;
  ASSERT_EQ(listed.patients_size(), 2);
  EXPECT_EQ(listed.patients(0).patient_id(), ada.ToString());
  EXPECT_EQ(listed.patients(1).patient_id(), zoe.ToString());
  EXPECT_EQ(listed.patients(1).display_name(), "Zoë Ray");
  EXPECT_EQ(listed.patients(1).clinic_id(), clinic_.ToString());
  EXPECT_EQ(listed.patients(1).grant_id(), zoe_grant);
  EXPECT_EQ(listed.next_page_token(), "");
}

TEST_F(GrantHandlersTest, EachPatientShownLeavesAnAuditRow) {
  const id::PatientId ada = NewPatient(clinic_, "Ada");
  const id::PatientId bo = NewPatient(clinic_, "Bo");
  NewGrant(ada, account_);
  NewGrant(bo, account_);
  const std::string audited =
      "SELECT patient_id FROM audit_events WHERE action = 'access_code.ListMyPatients' AND "
      "outcome = 'OK' AND actor_id = '" +
      account_.ToString() + "' ORDER BY event_id";
  ListMyPatients(account_, 1);
  EXPECT_EQ(Sql(audited), ada.ToString());
  ListMyPatients(account_);
  EXPECT_EQ(Sql(audited), absl::StrCat(ada.ToString(), "\n", ada.ToString(), "\n", bo.ToString()));
}

TEST_F(GrantHandlersTest, PagesOfMyPatientsAreWithoutGapAndAnothersTokenShowsNothingForeign) {
  for (const char* name : {"Bo", "Ada", "Cy", "Bo", "Di"}) {
    NewGrant(NewPatient(clinic_, name), account_);
  }
  std::vector<std::string> names;
  std::string token;
  do {
    const auto page = ListMyPatients(account_, 2, token);
    ASSERT_EQ(page.Outcome(), "OK");
    for (const auto& patient : page.response.patients()) names.push_back(patient.display_name());
    token = page.response.next_page_token();
    if (!token.empty()) {
      EXPECT_EQ(ListMyPatients(other_account_, 2, token).response.patients_size(), 0);
    }
  } while (!token.empty() && names.size() < 10);
  EXPECT_THAT(names, ElementsAre("Ada", "Bo", "Bo", "Cy", "Di"));
  EXPECT_EQ(ListMyPatients(account_, kMaxPageSize + 1).Outcome(), "INVALID_FIELD");
  EXPECT_EQ(ListMyPatients(account_, 2, "forged").Outcome(), "PAGE_TOKEN_INVALID");
}

TEST_F(GrantHandlersTest, StaffSeeEveryGrantOfThePatientNewestFirst) {
  const id::PatientId patient = NewPatient(clinic_);
  const std::string first = NewGrant(patient, account_);
  const std::string second = NewGrant(patient, other_account_);
  clock_.Advance(absl::Minutes(1));
  ASSERT_EQ(Revoke(first, clinic_).Outcome(), "OK");
  const auto page = ListGrants(patient, clinic_, 1).response;
  ASSERT_EQ(page.grants_size(), 1);
  EXPECT_EQ(page.grants(0).grant_id(), second);
  EXPECT_EQ(page.grants(0).account_id(), other_account_.ToString());
  EXPECT_EQ(page.grants(0).state(), v1::GRANT_STATE_ACTIVE);
  EXPECT_FALSE(page.grants(0).has_revoke_time());
  const auto rest = ListGrants(patient, clinic_, 1, page.next_page_token()).response;
  ASSERT_EQ(rest.grants_size(), 1);
  EXPECT_EQ(rest.grants(0).grant_id(), first);
  EXPECT_EQ(rest.grants(0).state(), v1::GRANT_STATE_REVOKED);
  EXPECT_TRUE(rest.grants(0).has_revoke_time());
  EXPECT_EQ(rest.next_page_token(), "");
}

TEST_F(GrantHandlersTest, AForeignPatientsGrantsAreAsUnknownAsNone) {
  const id::PatientId patient = NewPatient(clinic_);
  NewGrant(patient, account_);
  const auto foreign = ListGrants(patient, other_clinic_);
  EXPECT_EQ(foreign.Outcome(), "PATIENT_NOT_FOUND");
  EXPECT_EQ(foreign.Bytes(), ListGrants(id::PatientId::New(clock_), other_clinic_).Bytes());
}

TEST_F(GrantHandlersTest, ARevokedGrantIsRefusedByTheNextCheckAndListed) {
  for (int round = 0; round < 20; ++round) {
    const id::PatientId patient = NewPatient(clinic_);
    const std::string grant_id = NewGrant(patient, account_);
    clock_.Advance(absl::Minutes(6));  // ten attempts an hour
    ASSERT_TRUE(IsGranted(patient, account_));
    const auto revoked = Revoke(grant_id, clinic_);
    ASSERT_EQ(revoked.Outcome(), "OK");
    EXPECT_EQ(revoked.response.state(), v1::GRANT_STATE_REVOKED);
    EXPECT_FALSE(IsGranted(patient, account_));
    EXPECT_EQ(ListMyPatients(account_).response.patients_size(), 0);
  }
}

TEST_F(GrantHandlersTest, RevokingAgainIsHarmless) {
  const std::string grant_id = NewGrant(NewPatient(clinic_), account_);
  const auto first = Revoke(grant_id, clinic_);
  clock_.Advance(absl::Minutes(1));
  const auto again = Revoke(grant_id, clinic_);
  EXPECT_EQ(again.Outcome(), "OK");
  EXPECT_EQ(again.response.SerializeAsString(), first.response.SerializeAsString());
}

TEST_F(GrantHandlersTest, AForeignGrantIsAsUnknownAsNoneAndStaysActive) {
  const id::PatientId patient = NewPatient(clinic_);
  const std::string grant_id = NewGrant(patient, account_);
  const auto foreign = Revoke(grant_id, other_clinic_);
  EXPECT_EQ(foreign.Outcome(), "GRANT_NOT_FOUND");
  EXPECT_EQ(foreign.Bytes(), Revoke(NewRequestId(), other_clinic_).Bytes());
  EXPECT_EQ(Revoke("no id", clinic_).Outcome(), "INVALID_FIELD");
  EXPECT_TRUE(IsGranted(patient, account_));
}

TEST_F(GrantHandlersTest, RevokingTellsTheHolderOnce) {
  const std::string grant_id = NewGrant(NewPatient(clinic_), account_);
  ASSERT_EQ(Revoke(grant_id, clinic_).Outcome(), "OK");
  ASSERT_EQ(Revoke(grant_id, clinic_).Outcome(), "OK");
  EXPECT_THAT(NoticesOf(messaging::v1::Notice::kAccessEnded), ElementsAre(account_.ToString()));
}

TEST_F(GrantHandlersTest, AtItsEndAGrantUnlocksNothingAndAMicrosecondBeforeItDoes) {
  const id::PatientId patient = NewPatient(clinic_);
  const std::string grant_id = NewGrant(patient, account_);
  const absl::Time end = clock_.Now() + absl::Hours(24);
  const auto set = SetEnd(grant_id, end);
  ASSERT_EQ(set.Outcome(), "OK");
  EXPECT_EQ(TimeOf(set.response.end_time()), end);
  EXPECT_EQ(set.response.state(), v1::GRANT_STATE_ACTIVE);
  clock_.Set(end - absl::Microseconds(1));
  EXPECT_TRUE(IsGranted(patient, account_));
  ASSERT_EQ(ListMyPatients(account_).response.patients_size(), 1);
  EXPECT_EQ(TimeOf(ListMyPatients(account_).response.patients(0).end_time()), end);
  clock_.Set(end);
  EXPECT_FALSE(IsGranted(patient, account_));
  EXPECT_EQ(ListMyPatients(account_).response.patients_size(), 0);
  EXPECT_EQ(StateOf(patient), v1::GRANT_STATE_ENDED);
}

TEST_F(GrantHandlersTest, AnEndCanBeMovedAndTakenAwayUntilItHasCome) {
  const id::PatientId patient = NewPatient(clinic_);
  const std::string grant_id = NewGrant(patient, account_);
  const absl::Time end = clock_.Now() + absl::Hours(24);
  ASSERT_EQ(SetEnd(grant_id, end).Outcome(), "OK");
  ASSERT_EQ(SetEnd(grant_id, end + absl::Hours(24)).Outcome(), "OK");
  clock_.Set(end);
  EXPECT_TRUE(IsGranted(patient, account_));
  const auto open = SetEnd(grant_id, absl::InfiniteFuture());
  ASSERT_EQ(open.Outcome(), "OK");
  EXPECT_FALSE(open.response.has_end_time());
  ASSERT_EQ(SetEnd(grant_id, end + absl::Hours(1)).Outcome(), "OK");
  clock_.Set(end + absl::Hours(1));
  EXPECT_EQ(SetEnd(grant_id, end + absl::Hours(2)).Outcome(), "GRANT_ENDED");
  EXPECT_FALSE(IsGranted(patient, account_));
  const auto revoked = Revoke(grant_id, clinic_);
  EXPECT_EQ(revoked.Outcome(), "OK");
  EXPECT_EQ(revoked.response.state(), v1::GRANT_STATE_ENDED);
}

TEST_F(GrantHandlersTest, AnEndIsAheadOfNowAndBeforeTheYear10000) {
  const id::PatientId patient = NewPatient(clinic_);
  const std::string grant_id = NewGrant(patient, account_);
  constexpr int64_t kLastSecond = 253'402'300'799;  // of the year 9999
  EXPECT_EQ(SetEnd(grant_id, clock_.Now()).Outcome(), "INVALID_FIELD");
  for (const auto& [seconds, nanos] : {std::pair<int64_t, int>(kLastSecond + 1, 0),
                                       std::pair<int64_t, int>(kLastSecond, 1'000'000'000)}) {
    v1::SetGrantEndRequest request;
    request.set_clinic_id(clinic_.ToString());
    request.set_grant_id(grant_id);
    request.set_request_id(NewRequestId());
    request.mutable_end_time()->set_seconds(seconds);
    request.mutable_end_time()->set_nanos(nanos);
    EXPECT_EQ(Call(*grants_, &v1::GrantService::Stub::SetGrantEnd, request, StaffPassport(clinic_))
                  .Outcome(),
              "INVALID_FIELD");
  }
  EXPECT_FALSE(ListGrants(patient, clinic_).response.grants(0).has_end_time());
  EXPECT_EQ(SetEnd(grant_id, clock_.Now() + absl::Microseconds(1)).Outcome(), "OK");
}

TEST_F(GrantHandlersTest, TheEndOfAForeignGrantIsAsUnknownAsNone) {
  const id::PatientId patient = NewPatient(clinic_);
  v1::SetGrantEndRequest request;
  request.set_clinic_id(other_clinic_.ToString());
  request.set_grant_id(NewGrant(patient, account_));
  request.set_request_id(NewRequestId());
  *request.mutable_end_time() = rpc::ToProto(clock_.Now() + absl::Hours(1));
  const auto set_end = &v1::GrantService::Stub::SetGrantEnd;
  const auto foreign = Call(*grants_, set_end, request, StaffPassport(other_clinic_));
  request.set_grant_id(NewRequestId());
  request.set_request_id(NewRequestId());
  EXPECT_EQ(foreign.Outcome(), "GRANT_NOT_FOUND");
  EXPECT_EQ(foreign.Bytes(),
            Call(*grants_, set_end, request, StaffPassport(other_clinic_)).Bytes());
  EXPECT_FALSE(ListGrants(patient, clinic_).response.grants(0).has_end_time());
}

TEST_F(GrantHandlersTest, ADroppedPatientIsGoneForTheHolderAloneAndStaffSeeIt) {
  const id::PatientId patient = NewPatient(clinic_);
  const id::PatientId other_patient = NewPatient(clinic_);
  const std::string grant_id = NewGrant(patient, account_);
  NewGrant(other_patient, account_);
  NewGrant(patient, other_account_);
  const auto dropped = Drop(patient, account_);
  ASSERT_EQ(dropped.Outcome(), "OK");
  EXPECT_EQ(dropped.response.patient_id(), patient.ToString());
  EXPECT_EQ(dropped.response.grant_id(), grant_id);
  EXPECT_FALSE(IsGranted(patient, account_));
  EXPECT_TRUE(IsGranted(other_patient, account_));
  EXPECT_TRUE(IsGranted(patient, other_account_));
  const auto listed = ListGrants(patient, clinic_).response;
  EXPECT_EQ(listed.grants(1).state(), v1::GRANT_STATE_DROPPED);
  EXPECT_EQ(TimeOf(listed.grants(1).revoke_time()), clock_.Now());
  EXPECT_THAT(NoticesOf(messaging::v1::Notice::kAccessEnded), ElementsAre());
  EXPECT_EQ(Sql("SELECT actor_id, clinic_id, patient_id, resource_id FROM audit_events "
                "WHERE action = 'access_code.DropPatient'"),
            absl::StrCat(account_.ToString(), "|", clinic_.ToString(), "|", patient.ToString(), "|",
                         grant_id));
}

TEST_F(GrantHandlersTest, APatientThatIsNotHeldIsAsUnknownAsNone) {
  const id::PatientId patient = NewPatient(clinic_);
  NewGrant(patient, other_account_);
  const auto foreign = Drop(patient, account_);
  EXPECT_EQ(foreign.Outcome(), "PATIENT_NOT_FOUND");
  EXPECT_EQ(foreign.Bytes(), Drop(id::PatientId::New(clock_), account_).Bytes());
  NewGrant(patient, account_);
  ASSERT_EQ(Drop(patient, account_).Outcome(), "OK");
  EXPECT_EQ(Drop(patient, account_).Bytes(), foreign.Bytes());
  EXPECT_TRUE(IsGranted(patient, other_account_));
}

TEST_F(GrantHandlersTest, DroppedAndRevokedAtOnceItIsOneOfThemAndSaysWhich) {
  for (int round = 0; round < 20; ++round) {
    const id::PatientId patient = NewPatient(clinic_);
    const id::AccountId account = id::AccountId::New(clock_);
    const std::string grant_id = NewGrant(patient, account);
    std::string dropped, revoked;
    AtOnce(2, [&](int i) {
      if (i == 0) dropped = Drop(patient, account).Outcome();
      if (i == 1) revoked = Revoke(grant_id, clinic_).Outcome();
    });
    EXPECT_EQ(revoked, "OK");
    EXPECT_EQ(StateOf(patient),
              dropped == "OK" ? v1::GRANT_STATE_DROPPED : v1::GRANT_STATE_REVOKED);
    EXPECT_FALSE(IsGranted(patient, account));
    clock_.Advance(absl::Minutes(1));
  }
}

TEST_F(GrantHandlersTest, StaffSeeTheGrantItsCodeAndWhoIssuedIt) {
  const id::PatientId patient = NewPatient(clinic_);
  const absl::Time issued = clock_.Now();
  const std::string words = NewCode(patient).words();
  clock_.Advance(absl::Minutes(5));
  const std::string grant_id = Redeem(words, account_).response.patient().grant_id();
  const auto explained = Explain(patient, account_, clinic_);
  ASSERT_EQ(explained.Outcome(), "OK");
  EXPECT_EQ(explained.response.reason(), v1::ACCESS_REASON_GRANTED);
  EXPECT_EQ(explained.response.grant().grant_id(), grant_id);
  EXPECT_EQ(explained.response.access_code().issuer_account_id(), staff_.ToString());
  EXPECT_EQ(TimeOf(explained.response.access_code().create_time()), issued);
  EXPECT_EQ(explained.response.access_code().access_code_id(),
            explained.response.grant().access_code_id());
  const auto none = Explain(patient, other_account_, clinic_);
  EXPECT_EQ(none.response.reason(), v1::ACCESS_REASON_NO_GRANT);
  EXPECT_FALSE(none.response.has_grant());
  EXPECT_FALSE(none.response.has_access_code());
}

TEST_F(GrantHandlersTest, TheHolderLearnsWhyAndWhenAndNobodysName) {
  const id::PatientId patient = NewPatient(clinic_);
  const absl::Time start = clock_.Now();
  const std::string words = NewCode(patient).words();
  clock_.Advance(absl::Minutes(5));
  const std::string grant_id = Redeem(words, account_).response.patient().grant_id();
  ASSERT_EQ(SetEnd(grant_id, start + absl::Hours(24)).Outcome(), "OK");
  const auto explained = ExplainMine(patient, account_);
  ASSERT_EQ(explained.Outcome(), "OK");
  EXPECT_EQ(explained.response.reason(), v1::ACCESS_REASON_GRANTED);
  EXPECT_EQ(explained.response.clinic_id(), clinic_.ToString());
  EXPECT_EQ(TimeOf(explained.response.issue_time()), start);
  EXPECT_EQ(TimeOf(explained.response.grant_time()), start + absl::Minutes(5));
  EXPECT_EQ(TimeOf(explained.response.end_time()), start + absl::Hours(24));
  EXPECT_THAT(explained.response.DebugString(), Not(HasSubstr(staff_.ToString())));
  EXPECT_EQ(Sql("SELECT patient_id FROM audit_events "
                "WHERE action = 'access_code.ExplainMyAccess' AND outcome = 'OK'"),
            patient.ToString());
}

TEST_F(GrantHandlersTest, EachEndIsTheReasonForBothSides) {
  const id::PatientId patient = NewPatient(clinic_);
  const auto expect = [&](v1::AccessReason reason) {
    EXPECT_EQ(Explain(patient, account_, clinic_).response.reason(), reason);
    EXPECT_EQ(ExplainMine(patient, account_).response.reason(), reason);
  };
  ASSERT_EQ(Revoke(NewGrant(patient, account_), clinic_).Outcome(), "OK");
  expect(v1::ACCESS_REASON_REVOKED);
  clock_.Advance(absl::Minutes(1));
  NewGrant(patient, account_);
  expect(v1::ACCESS_REASON_GRANTED);
  ASSERT_EQ(Drop(patient, account_).Outcome(), "OK");
  expect(v1::ACCESS_REASON_DROPPED);
  clock_.Advance(absl::Minutes(1));
  const absl::Time end = clock_.Now() + absl::Hours(1);
  ASSERT_EQ(SetEnd(NewGrant(patient, account_), end).Outcome(), "OK");
  clock_.Set(end);
  expect(v1::ACCESS_REASON_ENDED);
}

TEST_F(GrantHandlersTest, WhatIsForeignIsNotExplained) {
  const id::PatientId patient = NewPatient(clinic_);
  NewGrant(patient, account_);
  const auto foreign = Explain(patient, account_, other_clinic_);
  EXPECT_EQ(foreign.Outcome(), "PATIENT_NOT_FOUND");
  EXPECT_EQ(foreign.Bytes(), Explain(id::PatientId::New(clock_), account_, other_clinic_).Bytes());
  const auto mine = ExplainMine(patient, other_account_);
  EXPECT_EQ(mine.Outcome(), "PATIENT_NOT_FOUND");
  EXPECT_EQ(mine.Bytes(), ExplainMine(id::PatientId::New(clock_), other_account_).Bytes());
}

TEST_F(GrantHandlersTest, CheckAnswersEachQuestionForThePersonWhoAsksIt) {
  const id::PatientId held = NewPatient(clinic_);
  const id::PatientId others = NewPatient(clinic_);
  NewGrant(held, account_);
  NewGrant(others, other_account_);
  const std::string mine = Passport(account_);
  const std::string theirs = Passport(other_account_);
  const auto checked = Check({{mine, others.ToString()},
                              {mine, held.ToString()},
                              {"v4.public.forged", held.ToString()},
                              {theirs, held.ToString()},
                              {theirs, others.ToString()},
                              {mine, NewRequestId()},
                              {mine, held.ToString()},
                              {"", held.ToString()}});
  EXPECT_THAT(checked.response.answers(),
              ElementsAre(v1::GRANT_ANSWER_NOT_GRANTED, v1::GRANT_ANSWER_GRANTED,
                          v1::GRANT_ANSWER_PASSPORT_INVALID, v1::GRANT_ANSWER_NOT_GRANTED,
                          v1::GRANT_ANSWER_GRANTED, v1::GRANT_ANSWER_NOT_GRANTED,
                          v1::GRANT_ANSWER_GRANTED, v1::GRANT_ANSWER_PASSPORT_INVALID));
}

TEST_F(GrantHandlersTest, APassportThatExpiredOnTheWayUnlocksNothing) {
  const id::PatientId held = NewPatient(clinic_);
  NewGrant(held, account_);
  const std::string passport = Passport(account_);
  clock_.Advance(auth::kPassportLifetime + auth::kClockSkew + absl::Seconds(1));
  EXPECT_THAT(Check({{passport, held.ToString()}}).response.answers(),
              ElementsAre(v1::GRANT_ANSWER_PASSPORT_INVALID));
}

TEST_F(GrantHandlersTest, CheckTakesOneToAHundredQuestions) {
  const std::string passport = Passport(account_);
  std::vector<std::pair<std::string, std::string>> questions;
  EXPECT_EQ(Check(questions).Outcome(), "INVALID_FIELD");
  for (int i = 0; i < kMaxCheckedPatients; ++i) questions.push_back({passport, NewRequestId()});
  EXPECT_EQ(Check(questions).Outcome(), "OK");
  questions.push_back({passport, NewRequestId()});
  EXPECT_EQ(Check(questions).Outcome(), "INVALID_FIELD");
  const auto malformed =
      Check({{passport, NewRequestId()}, {passport, "x"}, {"", NewRequestId()}, {passport, ""}});
  EXPECT_EQ(malformed.Outcome(), "INVALID_FIELD");
  EXPECT_THAT(status::InvalidFieldsOf(rpc::FromGrpc(malformed.status)),
              ElementsAre("questions[1].patient_id", "questions[3].patient_id"));
}

TEST_F(GrantHandlersTest, CheckIsForServicesThatOwnPatientData) {
  v1::CheckGrantsRequest request;
  request.add_questions()->set_patient_id(NewRequestId());
  const auto check = &v1::GrantService::Stub::CheckGrants;
  EXPECT_EQ(Call(*grants_, check, request, Passport(account_)).Outcome(), "SERVICE_NOT_ALLOWED");
}

}  // namespace
}  // namespace portal::access_code
