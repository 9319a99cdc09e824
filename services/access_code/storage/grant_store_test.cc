#include "services/access_code/storage/grant_store.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/access_code/storage/storage_fixture.h"

namespace portal::access_code {
namespace {

using ::testing::ElementsAre;
using testing::FailsWith;
using ::testing::IsEmpty;

class GrantStoreTest : public StorageTest {
 protected:
  std::vector<id::PatientId> Granted(const id::AccountId& account_id,
                                     const std::vector<id::PatientId>& asked) {
    std::vector<GrantQuestion> questions;
    for (const id::PatientId& patient_id : asked) questions.push_back({account_id, patient_id});
    const std::vector<bool> granted = grants_.Check({}, questions, clock_.Now()).value();
    EXPECT_EQ(granted.size(), asked.size());
    std::vector<id::PatientId> patients;
    for (size_t i = 0; i < granted.size(); ++i) {
      if (granted[i]) patients.push_back(asked[i]);
    }
    return patients;
  }

  std::vector<std::string> Names(const id::AccountId& account_id, int page_size) {
    std::vector<std::string> names;
    std::optional<PatientPosition> after;
    while (true) {
      const auto page =
          grants_.ListPatients({}, account_id, after, page_size, clock_.Now()).value();
      if (page.empty()) return names;
      for (const AccessiblePatient& patient : page) names.push_back(patient.display_name);
      after = PatientPosition{page.back().display_name, page.back().patient_id};
    }
  }
};

TEST_F(GrantStoreTest, CheckNamesOnlyWhatTheAccountHoldsAndWasAskedFor) {
  const id::PatientId held = NewPatient(clinic_);
  const id::PatientId also_held = NewPatient(other_clinic_);
  const id::PatientId not_held = NewPatient(clinic_);
  NewGrant(held, account_);
  NewGrant(not_held, other_account_);
  EXPECT_THAT(Granted(account_, {not_held, held, also_held, id::PatientId::New(clock_), held}),
              ElementsAre(held, held));
  EXPECT_THAT(Granted(other_account_, {held}), IsEmpty());
}

TEST_F(GrantStoreTest, CheckKeepsTheQuestionsOfDifferentAccountsApart) {
  const id::PatientId held = NewPatient(clinic_);
  const id::PatientId others = NewPatient(clinic_);
  NewGrant(held, account_);
  NewGrant(others, other_account_);
  ASSERT_OK_AND_ASSIGN(
      const std::vector<bool> granted,
      grants_.Check(
          {},
          {{account_, others}, {other_account_, others}, {account_, held}, {other_account_, held}},
          clock_.Now()));
  EXPECT_THAT(granted, ElementsAre(false, true, true, false));
}

TEST_F(GrantStoreTest, ARevokedGrantUnlocksNothingFromTheNextStatementOn) {
  const id::PatientId patient = NewPatient(clinic_);
  const id::GrantId grant_id = NewGrant(patient, account_);
  ASSERT_THAT(Granted(account_, {patient}), ElementsAre(patient));
  clock_.Advance(absl::Seconds(1));
  ASSERT_OK_AND_ASSIGN(const Grant revoked, Revoke(grant_id, clinic_));
  EXPECT_EQ(revoked.ended_at, clock_.Now());
  EXPECT_THAT(Granted(account_, {patient}), IsEmpty());
  EXPECT_THAT(Names(account_, 10), IsEmpty());
  ASSERT_OK_AND_ASSIGN(const auto grants, grants_.List({}, clinic_, patient, {}, 10));
  ASSERT_EQ(grants.size(), 1);
  EXPECT_EQ(grants[0].ended_at, clock_.Now());
}

TEST_F(GrantStoreTest, RevokingAgainKeepsTheFirstTime) {
  const id::GrantId grant_id = NewGrant(NewPatient(clinic_), account_);
  ASSERT_OK_AND_ASSIGN(const Grant first, Revoke(grant_id, clinic_));
  clock_.Advance(absl::Hours(1));
  ASSERT_OK_AND_ASSIGN(const Grant again, Revoke(grant_id, clinic_));
  EXPECT_EQ(again.ended_at, first.ended_at);
}

TEST_F(GrantStoreTest, AForeignGrantIsAsUnknownAsNone) {
  const id::PatientId patient = NewPatient(clinic_);
  const id::GrantId grant_id = NewGrant(patient, account_);
  const auto foreign = Revoke(grant_id, other_clinic_);
  EXPECT_THAT(foreign, FailsWith(absl::StatusCode::kNotFound, "GRANT_NOT_FOUND"));
  EXPECT_EQ(foreign.status(), Revoke(id::GrantId::New(clock_), clinic_).status());
  EXPECT_THAT(Granted(account_, {patient}), ElementsAre(patient));
}

TEST_F(GrantStoreTest, PatientsAreListedByNameAsPeopleSortAndPagedWithoutGapOrRepetition) {
  const std::vector<std::string> sorted = {"ada Moss", "Ada Moss", "Älva Berg", "Bo Li",
                                           "Bo Li",    "Zoë Ray",  "zu Hause"};
  for (int i : {3, 0, 6, 2, 4, 1, 5}) NewGrant(NewPatient(clinic_, sorted[i]), account_);
  NewGrant(NewPatient(clinic_, "Someone Else"), other_account_);
  for (int page_size : {1, 2, 3, 10}) EXPECT_EQ(Names(account_, page_size), sorted);
}

TEST_F(GrantStoreTest, AnAccountWithoutAGrantSeesNobody) {
  NewGrant(NewPatient(clinic_), other_account_);
  EXPECT_THAT(Names(account_, 10), IsEmpty());
}

TEST_F(GrantStoreTest, APatientIsListedUnderTheirNewestName) {
  const id::PatientId patient = NewPatient(clinic_, "Ada Moss");
  NewGrant(patient, account_);
  ASSERT_OK(Put({.id = patient, .clinic_id = clinic_, .display_name = "Ada Berg", .version = 2}));
  EXPECT_THAT(Names(account_, 10), ElementsAre("Ada Berg"));
}

TEST_F(GrantStoreTest, GrantsAreListedNewestFirstAndPagedWithoutGapOrRepetition) {
  const id::PatientId patient = NewPatient(clinic_);
  std::vector<id::GrantId> newest_first;
  for (int i = 0; i < 5; ++i) {
    newest_first.insert(newest_first.begin(), NewGrant(patient, id::AccountId::New(clock_)));
  }
  std::vector<id::GrantId> listed;
  ListPosition position;
  while (true) {
    ASSERT_OK_AND_ASSIGN(const auto page, grants_.List({}, clinic_, patient, position, 2));
    if (page.empty()) break;
    for (const Grant& grant : page) listed.push_back(grant.id);
    position = {.created_at = page.back().created_at, .id = page.back().id.uuid()};
  }
  EXPECT_EQ(listed, newest_first);
}

TEST_F(GrantStoreTest, ListOfAForeignPatientIsThatOfAnUnknownOne) {
  const id::PatientId patient = NewPatient(clinic_);
  NewGrant(patient, account_);
  const auto foreign = grants_.List({}, other_clinic_, patient, {}, 10);
  EXPECT_THAT(foreign, FailsWith(absl::StatusCode::kNotFound, "PATIENT_NOT_FOUND"));
  EXPECT_EQ(foreign.status(),
            grants_.List({}, other_clinic_, id::PatientId::New(clock_), {}, 10).status());
  EXPECT_OK(grants_.List({}, clinic_, NewPatient(clinic_), {}, 10));
}

TEST_F(GrantStoreTest, TheDatabaseRefusesToBringARevokedGrantBack) {
  ASSERT_OK(Revoke(NewGrant(NewPatient(clinic_), account_), clinic_));
  EXPECT_THROW(testing::Psql(database_.app,
                             "UPDATE grants SET revoked_at = NULL, revoker_account_id = NULL"),
               std::runtime_error);
  EXPECT_EQ(Sql("SELECT count(*) FROM grants WHERE revoked_at IS NULL"), "0");
}

}  // namespace
}  // namespace portal::access_code
