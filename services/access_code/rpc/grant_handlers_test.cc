#include "services/access_code/rpc/grant_handlers.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/access_code/domain/limits.h"
#include "services/access_code/rpc/service_fixture.h"

namespace portal::access_code {
namespace {

using ::testing::ElementsAre;

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

  Answer<v1::ListGrantsResponse> ListGrants(const id::PatientId& patient_id,
                                            const id::ClinicId& clinic_id, int page_size = 0,
                                            const std::string& page_token = "") {
    v1::ListGrantsRequest request;
    request.set_clinic_id(clinic_id.ToString());
    request.set_patient_id(patient_id.ToString());
    request.set_page_size(page_size);
    request.set_page_token(page_token);
    return Call(*grants_, &v1::GrantService::Stub::ListGrants, request, StaffPassport(clinic_id));
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
