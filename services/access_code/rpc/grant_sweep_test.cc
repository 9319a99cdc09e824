#include "services/access_code/rpc/grant_sweep.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/access_code/domain/limits.h"
#include "services/access_code/rpc/service_fixture.h"

namespace portal::access_code {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// A patient born on 1 June 2008 comes of age three months after the clock's beginning.
class GrantSweepTest : public ServiceTest {
 protected:
  static constexpr messaging::v1::Notice::ContentCase kComingOfAge =
      messaging::v1::Notice::kComingOfAge;
  static constexpr messaging::v1::Notice::ContentCase kAccessEnded =
      messaging::v1::Notice::kAccessEnded;

  void Sweep() {
    while (sweep_.Run().value()) {
    }
  }
  static absl::Time NoonOf(absl::CivilDay day) {
    return absl::FromCivil(day, absl::UTCTimeZone()) + absl::Hours(12);
  }

  const absl::Time of_age_ = NoonOf(absl::CivilDay(2026, 6, 1));
  const GrantSweep sweep_{background_pool_, outbox_, clock_};
};

TEST_F(GrantSweepTest, AtTheComingOfAgeGrantsOfOthersEndAndTheirOwnStays) {
  const id::PatientId child = NewPatientBorn(2008, 6, 1);
  NewGrant(child, account_, v1::HOLDER_RELATIONSHIP_OTHER);
  NewGrant(child, other_account_, v1::HOLDER_RELATIONSHIP_SELF);
  const auto listed = ListGrants(child, clinic_).response;
  EXPECT_FALSE(listed.grants(0).has_end_time());
  EXPECT_EQ(TimeOf(listed.grants(1).end_time()), of_age_);
  EXPECT_EQ(TimeOf(listed.grants(1).of_age_time()), of_age_);
  // Whether it was swept or not.
  clock_.Set(of_age_ - absl::Microseconds(1));
  EXPECT_TRUE(IsGranted(child, account_));
  clock_.Set(of_age_);
  EXPECT_FALSE(IsGranted(child, account_));
  EXPECT_TRUE(IsGranted(child, other_account_));
  Sweep();
  EXPECT_FALSE(IsGranted(child, account_));
  EXPECT_TRUE(IsGranted(child, other_account_));
  EXPECT_EQ(ListGrants(child, clinic_).response.grants(1).state(), v1::GRANT_STATE_ENDED);
}

TEST_F(GrantSweepTest, TheClinicIsToldNinetyDaysBeforeAndOnce) {
  const id::PatientId child = NewPatientBorn(2008, 6, 1);
  NewGrant(child, account_);
  NewGrant(child, other_account_);
  clock_.Set(of_age_ - kComingOfAgeNotice - absl::Microseconds(1));
  Sweep();
  EXPECT_THAT(NoticesOf(kComingOfAge), IsEmpty());
  clock_.Set(of_age_ - kComingOfAgeNotice);
  Sweep();
  Sweep();
  EXPECT_THAT(NoticesOf(kComingOfAge), ElementsAre(clinic_.ToString()));
  // Somebody who comes later ends with the others, and is no news.
  NewGrant(child, id::AccountId::New(clock_));
  Sweep();
  EXPECT_THAT(NoticesOf(kComingOfAge), ElementsAre(clinic_.ToString()));
  for (const messaging::v1::Notice& notice : Notices()) {
    if (!notice.has_coming_of_age()) continue;
    EXPECT_EQ(notice.coming_of_age().patient_id(), child.ToString());
    EXPECT_EQ(TimeOf(notice.coming_of_age().end_time()), of_age_);
  }
}

TEST_F(GrantSweepTest, OfAnAdultOfNobodyElseAndOfNoBirthDateNothingIsSaid) {
  NewGrant(NewPatientBorn(2008, 2, 28), account_);  // of age yesterday
  NewGrant(NewPatientBorn(2008, 6, 1), account_, v1::HOLDER_RELATIONSHIP_SELF);
  NewGrant(NewPatient(clinic_), account_);
  NewPatientBorn(2008, 6, 1);
  clock_.Set(of_age_ + absl::Hours(24 * 365));
  Sweep();
  EXPECT_THAT(NoticesOf(kComingOfAge), IsEmpty());
  EXPECT_THAT(NoticesOf(kAccessEnded), IsEmpty());
}

TEST_F(GrantSweepTest, WhatStaffRenewedGoesOnAndCannotBeTakenBackAfterwards) {
  const id::PatientId child = NewPatientBorn(2008, 6, 1);
  const std::string grant_id = NewGrant(child, account_);
  clock_.Set(of_age_ - absl::Hours(24));
  Sweep();
  const auto renewed = SetEnd(grant_id, absl::InfiniteFuture(), /*keep_of_age=*/true);
  ASSERT_EQ(renewed.Outcome(), "OK");
  EXPECT_TRUE(renewed.response.kept_of_age());
  EXPECT_FALSE(renewed.response.has_end_time());
  clock_.Set(of_age_ + absl::Hours(24));
  Sweep();
  EXPECT_TRUE(IsGranted(child, account_));
  const auto later = SetEnd(grant_id, clock_.Now() + absl::Hours(1), /*keep_of_age=*/false);
  EXPECT_TRUE(later.response.kept_of_age());
  EXPECT_EQ(later.response.state(), v1::GRANT_STATE_ACTIVE);
}

TEST_F(GrantSweepTest, ARenewalCanBeTakenBackUntilTheDay) {
  const id::PatientId child = NewPatientBorn(2008, 6, 1);
  const std::string grant_id = NewGrant(child, account_);
  ASSERT_EQ(SetEnd(grant_id, absl::InfiniteFuture(), true).Outcome(), "OK");
  const auto back = SetEnd(grant_id, absl::InfiniteFuture(), false);
  EXPECT_FALSE(back.response.kept_of_age());
  EXPECT_EQ(TimeOf(back.response.end_time()), of_age_);
}

TEST_F(GrantSweepTest, ALaterEndOfStaffDoesNotOutliveTheDayAndAnEarlierOneStands) {
  const id::PatientId child = NewPatientBorn(2008, 6, 1);
  const std::string grant_id = NewGrant(child, account_);
  EXPECT_EQ(TimeOf(SetEnd(grant_id, of_age_ + absl::Hours(1)).response.end_time()), of_age_);
  const absl::Time earlier = of_age_ - absl::Hours(1);
  EXPECT_EQ(TimeOf(SetEnd(grant_id, earlier).response.end_time()), earlier);
}

TEST_F(GrantSweepTest, ACorrectedBirthDateMovesTheDayAndIsNewsAgain) {
  const id::PatientId child = NewPatientBorn(2008, 6, 1);
  NewGrant(child, account_);
  clock_.Set(of_age_ - absl::Hours(24));
  Sweep();
  ASSERT_EQ(PutBorn(child, 2009, 2, 28, 2).Outcome(), "OK");
  const absl::Time corrected = NoonOf(absl::CivilDay(2027, 2, 28));
  EXPECT_EQ(TimeOf(ListGrants(child, clinic_).response.grants(0).end_time()), corrected);
  clock_.Set(of_age_);
  Sweep();
  EXPECT_TRUE(IsGranted(child, account_));
  EXPECT_THAT(NoticesOf(kComingOfAge), ElementsAre(clinic_.ToString()));
  clock_.Set(corrected - absl::Hours(1));
  Sweep();
  EXPECT_THAT(NoticesOf(kComingOfAge), ElementsAre(clinic_.ToString(), clinic_.ToString()));
}

TEST_F(GrantSweepTest, AnotherAgeOfTheClinicMovesTheDays) {
  const id::PatientId child = NewPatientBorn(2008, 6, 1);
  NewGrant(child, account_);
  v1::AccessSettings settings = GetSettings(clinic_).response;
  settings.set_coming_of_age_years(21);
  ASSERT_EQ(UpdateSettings(settings).Outcome(), "OK");
  EXPECT_EQ(TimeOf(ListGrants(child, clinic_).response.grants(0).end_time()),
            NoonOf(absl::CivilDay(2029, 6, 1)));
  clock_.Set(of_age_);
  Sweep();
  EXPECT_TRUE(IsGranted(child, account_));
  // Lowered to an age that the patient has: the grant ends now.
  settings = GetSettings(clinic_).response;
  settings.set_coming_of_age_years(18);
  ASSERT_EQ(UpdateSettings(settings).Outcome(), "OK");
  EXPECT_FALSE(IsGranted(child, account_));
}

TEST_F(GrantSweepTest, WhoIsBornOn29FebruaryComesOfAgeOn1March) {
  const id::PatientId child = NewPatientBorn(2012, 2, 29);
  NewGrant(child, account_);
  EXPECT_EQ(TimeOf(ListGrants(child, clinic_).response.grants(0).end_time()),
            NoonOf(absl::CivilDay(2030, 3, 1)));
}

TEST_F(GrantSweepTest, HoldersAreToldOfAnEndThatCameOnce) {
  const id::PatientId patient = NewPatient(clinic_);
  const std::string grant_id = NewGrant(patient, account_);
  NewGrant(patient, other_account_);
  ASSERT_EQ(SetEnd(grant_id, clock_.Now() + absl::Hours(1)).Outcome(), "OK");
  Sweep();
  EXPECT_THAT(NoticesOf(kAccessEnded), IsEmpty());
  clock_.Advance(absl::Hours(1));
  Sweep();
  Sweep();
  EXPECT_THAT(NoticesOf(kAccessEnded), ElementsAre(account_.ToString()));
  EXPECT_EQ(Sql("SELECT actor_kind, calling_service, patient_id, resource_id FROM audit_events "
                "WHERE action = 'access_code.GrantReachedItsEnd'"),
            absl::StrCat("service|access_code|", patient.ToString(), "|", grant_id));
}

TEST_F(GrantSweepTest, FourReplicasAtOnceTellEachOnce) {
  constexpr int kChildren = 30;
  std::vector<std::string> holders;
  for (int i = 0; i < kChildren; ++i) {
    const id::AccountId holder = id::AccountId::New(clock_);
    const id::PatientId child = NewPatientBorn(2008, 6, 1);
    NewGrant(child, holder);
    NewGrant(child, account_);
    holders.push_back(holder.ToString());
    holders.push_back(account_.ToString());
    clock_.Advance(absl::Minutes(7));
  }
  clock_.Set(of_age_ - absl::Hours(1));
  AtOnce(4, [&](int) { Sweep(); });
  EXPECT_EQ(NoticesOf(kComingOfAge).size(), kChildren);
  clock_.Set(of_age_);
  AtOnce(4, [&](int) { Sweep(); });
  EXPECT_EQ(NoticesOf(kAccessEnded).size(), holders.size());
  EXPECT_THAT(NoticesOf(kAccessEnded), ::testing::UnorderedElementsAreArray(holders));
}

}  // namespace
}  // namespace portal::access_code
