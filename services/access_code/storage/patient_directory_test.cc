#include "services/access_code/storage/patient_directory.h"

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <variant>
#include <vector>

#include "gtest/gtest.h"
#include "services/access_code/storage/storage_fixture.h"

namespace portal::access_code {
namespace {

using testing::FailsWith;

class PatientDirectoryTest : public StorageTest {
 protected:
  using StorageTest::Put;
  absl::StatusOr<bool> Put(const std::string& name, int64_t version) {
    return Put({.id = patient_, .clinic_id = clinic_, .display_name = name, .version = version});
  }
  absl::Status ChangeAge(int years) {
    return pool_.Transact([&](db::Transaction& transaction) {
      AccessSettings settings = GetAccessSettings(transaction, clinic_);
      settings.coming_of_age_years = years;
      return UpdateAccessSettings(transaction, settings).status();
    });
  }
  std::string Known() const { return Sql("SELECT display_name, version FROM patients"); }

  const id::PatientId patient_ = id::PatientId::New(clock_);
};

TEST_F(PatientDirectoryTest, TakesOverWhatIsNewer) {
  EXPECT_EQ(*Put("Ada Moss", 1), true);
  EXPECT_EQ(*Put("Ada Berg", 5), true);
  EXPECT_EQ(Known(), "Ada Berg|5");
}

TEST_F(PatientDirectoryTest, ARepeatedOrOvertakenDeliveryIsFineAndChangesNothing) {
  ASSERT_OK(Put("Ada Berg", 5));
  EXPECT_EQ(*Put("Ada Moss", 4), false);
  EXPECT_EQ(*Put("Somebody Else", 5), false);
  EXPECT_EQ(Known(), "Ada Berg|5");
}

TEST_F(PatientDirectoryTest, AnotherClinicIsRefusedWhateverTheVersion) {
  ASSERT_OK(Put("Ada Moss", 2));
  for (const int64_t version : {1, 2, 3}) {
    EXPECT_THAT(Put({.id = patient_,
                     .clinic_id = other_clinic_,
                     .display_name = "Ada Berg",
                     .version = version}),
                FailsWith(absl::StatusCode::kInvalidArgument, "INVALID_FIELD"));
  }
  EXPECT_EQ(Known(), "Ada Moss|2");
}

TEST_F(PatientDirectoryTest, OfDeliveriesAtOnceTheNewestStands) {
  for (int round = 0; round < 10; ++round) {
    AtOnce(8, [&](int i) {
      const int64_t version = round * 8 + i + 1;
      EXPECT_OK(Put("version " + std::to_string(version), version));
    });
    const std::string newest = std::to_string(round * 8 + 8);
    EXPECT_EQ(Known(), "version " + newest + "|" + newest + "");
  }
}

// Both end grants of others on the day that birth date and age make, whichever comes first.
TEST_F(PatientDirectoryTest, ACorrectedBirthDateAndAChangedAgeAtOnceMissEachOtherNever) {
  for (int round = 0; round < 20; ++round) {
    const id::PatientId child = id::PatientId::New(clock_);
    const auto put = [&](int day, int64_t version) {
      return Put({.id = child,
                  .clinic_id = clinic_,
                  .display_name = "Mia Moss",
                  .version = version,
                  .birth_date = absl::CivilDay(2012, 1, day)});
    };
    ASSERT_OK(put(1, 1));
    AccessCode code = NewCode(child);
    code.holder = HolderRelationship::kOther;
    const CodeWords words = NewWords();
    ASSERT_OK(Insert(code, words));
    ASSERT_EQ(RefusalIn(Redeem(words, account_)), std::nullopt);
    AtOnce(2, [&](int i) {
      if (i == 0) {
        EXPECT_OK(put(2, 2));
      } else {
        EXPECT_OK(ChangeAge(16 + round % 2));
      }
    });
    EXPECT_EQ(
        Sql("SELECT count(*) FROM grants AS held JOIN patients USING (patient_id) JOIN clinics ON "
            "clinics.clinic_id = held.clinic_id WHERE held.of_age_at IS DISTINCT FROM "
            "comes_of_age_after(held.created_at, birth_date, coming_of_age_years)"),
        "0");
  }
  // They do have such ends.
  EXPECT_EQ(Sql("SELECT count(*) FROM grants WHERE of_age_at IS NOT NULL"), "20");
}

class MergeTest : public PatientDirectoryTest {
 protected:
  absl::StatusOr<bool> Merge(const id::PatientId& merged, const id::PatientId& survivor,
                             int64_t version = 2) {
    return Put({.id = merged,
                .clinic_id = clinic_,
                .display_name = "Ada Moss",
                .version = version,
                .merged_into = survivor});
  }
  bool Holds(const id::AccountId& account_id, const id::PatientId& patient_id) {
    return grants_.Check({}, {{account_id, patient_id}}, clock_.Now())->front();
  }
  std::vector<Grant> Grants(const id::PatientId& patient_id) {
    return *grants_.List({}, clinic_, patient_id, {}, 100);
  }

  const id::PatientId merged_ = NewPatient(clinic_);
  const id::PatientId survivor_ = NewPatient(clinic_);
};

TEST_F(MergeTest, GrantsAndCodesFollowAndBothHistoriesStay) {
  NewGrant(merged_, account_);
  ASSERT_OK(Revoke(NewGrant(merged_, other_account_), clinic_));
  NewGrant(survivor_, id::AccountId::New(clock_));
  const CodeWords live = NewWords();
  ASSERT_OK(Insert(NewCode(merged_), live));
  ASSERT_OK(Merge(merged_, survivor_));
  EXPECT_TRUE(Holds(account_, survivor_));
  EXPECT_FALSE(Holds(account_, merged_));
  EXPECT_FALSE(Holds(other_account_, survivor_));
  EXPECT_TRUE(Grants(merged_).empty());
  const std::vector<Grant> grants = Grants(survivor_);
  ASSERT_EQ(grants.size(), 3);
  EXPECT_EQ(grants[0].merged_from, std::nullopt);
  EXPECT_EQ(grants[1].merged_from, merged_);
  EXPECT_EQ(grants[1].end, GrantEnd::kRevoked);
  EXPECT_EQ(grants[2].merged_from, merged_);
  EXPECT_EQ(codes_.List({}, clinic_, survivor_, {}, 10)->size(), 4);
  // A live code opens the survivor.
  ASSERT_OK_AND_ASSIGN(const Redemption redemption, Redeem(live, other_account_));
  EXPECT_EQ(std::get<RedeemedCode>(redemption).patient.patient_id, survivor_);
}

TEST_F(MergeTest, OfTwoGrantsOfOneAccountTheSurvivorsStays) {
  const id::GrantId left = NewGrant(merged_, account_);
  const id::GrantId kept = NewGrant(survivor_, account_);
  ASSERT_OK(Merge(merged_, survivor_));
  EXPECT_TRUE(Holds(account_, survivor_));
  const std::vector<Grant> grants = Grants(survivor_);
  ASSERT_EQ(grants.size(), 2);
  EXPECT_EQ(grants[0].id, kept);
  EXPECT_EQ(grants[0].end, std::nullopt);
  EXPECT_EQ(grants[1].id, left);
  EXPECT_EQ(grants[1].end, GrantEnd::kMerged);
}

TEST_F(MergeTest, AGrantOfTheSurvivorThatHasReachedItsEndIsNotInTheWay) {
  NewGrant(merged_, account_);
  const id::GrantId passed = NewGrant(survivor_, account_);
  ASSERT_OK(pool_.Transact([&](db::Transaction& transaction) {
    return grants_.SetEnd(transaction, clinic_, passed, clock_.Now() + absl::Hours(1), false,
                          clock_.Now());
  }));
  clock_.Advance(absl::Hours(1));
  ASSERT_OK(Merge(merged_, survivor_));
  EXPECT_TRUE(Holds(account_, survivor_));
}

TEST_F(MergeTest, MergesAreFollowedInWhateverOrderTheyArrive) {
  const id::PatientId last = NewPatient(clinic_);
  NewGrant(merged_, account_);
  ASSERT_OK(Merge(survivor_, last));
  ASSERT_OK(Merge(merged_, survivor_));
  EXPECT_TRUE(Holds(account_, last));
  // News of a merged patient takes nothing back.
  ASSERT_OK(Put({.id = merged_, .clinic_id = clinic_, .display_name = "Ada Moss", .version = 3}));
  EXPECT_TRUE(Holds(account_, last));
  EXPECT_FALSE(Holds(account_, merged_));
}

TEST_F(MergeTest, TheSurvivorIsKnownOfTheSameClinicAndNotMergedIntoThisOne) {
  NewGrant(merged_, account_);
  EXPECT_THAT(Merge(merged_, id::PatientId::New(clock_)),
              FailsWith(absl::StatusCode::kNotFound, "PATIENT_NOT_FOUND"));
  EXPECT_THAT(Merge(merged_, NewPatient(other_clinic_)),
              FailsWith(absl::StatusCode::kInvalidArgument, "INVALID_FIELD"));
  EXPECT_THAT(Merge(merged_, merged_),
              FailsWith(absl::StatusCode::kInvalidArgument, "INVALID_FIELD"));
  EXPECT_TRUE(Holds(account_, merged_));
  ASSERT_OK(Merge(merged_, survivor_));
  EXPECT_THAT(Merge(survivor_, merged_),
              FailsWith(absl::StatusCode::kInvalidArgument, "INVALID_FIELD"));
  EXPECT_TRUE(Holds(account_, survivor_));
}

TEST_F(MergeTest, GrantsEndWithTheComingOfAgeOfTheSurvivor) {
  ASSERT_OK(Put({.id = survivor_,
                 .clinic_id = clinic_,
                 .display_name = "Ada Moss",
                 .version = 2,
                 .birth_date = absl::CivilDay(2010, 5, 4)}));
  NewGrant(merged_, account_);
  ASSERT_OK(Merge(merged_, survivor_));
  EXPECT_EQ(Grants(survivor_)[0].ends_at,
            absl::FromCivil(absl::CivilHour(2028, 5, 4, 12), absl::UTCTimeZone()));
}

TEST_F(MergeTest, ACodeThatIsIssuedOrRedeemedMeanwhileIsTheSurvivorsOrWasRefused) {
  for (int round = 0; round < 20; ++round) {
    const id::PatientId merged = NewPatient(clinic_);
    const id::AccountId account = id::AccountId::New(clock_);
    const CodeWords redeemed = NewWords(), issued = NewWords();
    ASSERT_OK(Insert(NewCode(merged), redeemed));
    absl::Status issue;
    AtOnce(3, [&](int i) {
      if (i == 0) {
        EXPECT_OK(Merge(merged, survivor_));
      }
      if (i == 1) {
        EXPECT_EQ(RefusalIn(Redeem(redeemed, account)), std::nullopt);
      }
      if (i == 2) {
        issue = pool_.Transact([&](db::Transaction& transaction) -> absl::Status {
          const auto terms = codes_.TermsFor(transaction, clinic_, merged);
          if (!terms.ok()) return terms.status();
          return codes_.Insert(transaction, NewCode(merged), issued);
        });
      }
    });
    EXPECT_TRUE(Holds(account, survivor_));
    EXPECT_FALSE(Holds(account, merged));
    EXPECT_EQ(
        Sql("SELECT count(*) FROM access_codes WHERE patient_id = '" + merged.ToString() + "'"),
        "0");
    if (!issue.ok()) {
      EXPECT_THAT(issue, FailsWith(absl::StatusCode::kNotFound, "PATIENT_NOT_FOUND"));
    }
  }
}

TEST_F(MergeTest, TheDatabaseMovesNothingToAPatientThatIsNotTheSurvivor) {
  NewGrant(merged_, account_);
  for (const std::string table : {"grants", "access_codes"}) {
    EXPECT_THROW(testing::Psql(database_.app, "UPDATE " + table + " SET patient_id = '" +
                                                  survivor_.ToString() + "'"),
                 std::runtime_error);
  }
  EXPECT_TRUE(Holds(account_, merged_));
}

}  // namespace
}  // namespace portal::access_code
