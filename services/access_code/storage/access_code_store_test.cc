#include "services/access_code/storage/access_code_store.h"

#include <atomic>
#include <string>
#include <variant>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/access_code/storage/storage_fixture.h"

namespace portal::access_code {
namespace {

using ::testing::ElementsAre;

using testing::FailsWith;

class AccessCodeStoreTest : public StorageTest {
 protected:
  std::string RedeemedCodes() const {
    return Sql("SELECT count(*) FROM access_codes WHERE redeemed_at IS NOT NULL");
  }
  std::string Grants() const { return Sql("SELECT count(*) FROM grants"); }

  const id::PatientId patient_ = NewPatient(clinic_);
  const CodeWords words_ = NewWords();
};

TEST_F(AccessCodeStoreTest, ACodeIsStoredAsADigestUnderTheActivePepper) {
  const AccessCode code = NewCode(patient_);
  ASSERT_OK(Insert(code, words_));
  EXPECT_EQ(Sql("SELECT pepper_id, octet_length(digest) FROM access_codes"), "k1|32");
  EXPECT_EQ(Sql("SELECT count(*) FROM access_codes WHERE digest = sha256(convert_to('" +
                words_.text() + "', 'UTF8'))"),
            "0");
}

TEST_F(AccessCodeStoreTest, ACodeForAPatientOfAnotherClinicOrOfNoneIsRefused) {
  const AccessCode foreign = NewCode(NewPatient(other_clinic_));
  EXPECT_THAT(Insert(foreign, words_), FailsWith(absl::StatusCode::kNotFound, "PATIENT_NOT_FOUND"));
  const AccessCode unknown = NewCode(id::PatientId::New(clock_));
  EXPECT_EQ(Insert(unknown, words_), Insert(foreign, words_));
  EXPECT_EQ(Sql("SELECT count(*) FROM access_codes"), "0");
}

TEST_F(AccessCodeStoreTest, WordsThatAreDrawnTwiceAreToBeDrawnAgain) {
  ASSERT_OK(Insert(NewCode(patient_), words_));
  EXPECT_THAT(Insert(NewCode(patient_), words_),
              FailsWith(absl::StatusCode::kAborted, "CONTENTION"));
}

TEST_F(AccessCodeStoreTest, RedeemingMakesTheGrantAndMarksTheCode) {
  const AccessCode code = NewCode(patient_);
  ASSERT_OK(Insert(code, words_));
  ASSERT_OK_AND_ASSIGN(const Redemption redemption, Redeem(words_, account_));
  const auto& redeemed = std::get<RedeemedCode>(redemption);
  EXPECT_EQ(redeemed.access_code_id, code.id);
  EXPECT_EQ(redeemed.patient.patient_id, patient_);
  EXPECT_EQ(redeemed.patient.clinic_id, clinic_);
  EXPECT_EQ(redeemed.patient.display_name, "Ada Moss");
  ASSERT_OK_AND_ASSIGN(const auto codes, codes_.List({}, clinic_, patient_, {}, 10));
  ASSERT_EQ(codes.size(), 1);
  EXPECT_EQ(codes[0].redeemer, account_);
  EXPECT_EQ(codes[0].redeemed_at, clock_.Now());
  ASSERT_OK_AND_ASSIGN(const auto grants, grants_.List({}, clinic_, patient_, {}, 10));
  ASSERT_EQ(grants.size(), 1);
  EXPECT_EQ(grants[0].id, redeemed.patient.grant_id);
  EXPECT_EQ(grants[0].access_code_id, code.id);
  EXPECT_EQ(grants[0].account_id, account_);
}

TEST_F(AccessCodeStoreTest, CodeIsRedeemedUntilTheMicrosecondBeforeItsExpiry) {
  const AccessCode code = NewCode(patient_);
  ASSERT_OK(Insert(code, words_));
  EXPECT_EQ(RefusalIn(RedeemAt(words_, account_, code.expires_at)), Refusal::kExpired);
  EXPECT_EQ(RedeemedCodes(), "0");
  EXPECT_EQ(Grants(), "0");
  EXPECT_EQ(RefusalIn(RedeemAt(words_, account_, code.expires_at - absl::Microseconds(1))),
            std::nullopt);
  EXPECT_EQ(Grants(), "1");
}

TEST_F(AccessCodeStoreTest, EachDeadCodeSaysWhyInOurBooks) {
  const AccessCode code = NewCode(patient_);
  EXPECT_EQ(RefusalIn(Redeem(words_, account_)), Refusal::kUnknown);
  ASSERT_OK(Insert(code, words_));
  ASSERT_OK(Cancel(code.id, clinic_));
  EXPECT_EQ(RefusalIn(Redeem(words_, account_)), Refusal::kCancelled);

  const CodeWords used = NewWords();
  ASSERT_OK(Insert(NewCode(patient_), used));
  ASSERT_EQ(RefusalIn(Redeem(used, account_)), std::nullopt);
  EXPECT_EQ(RefusalIn(Redeem(used, account_)), Refusal::kUsed);
  EXPECT_EQ(RefusalIn(Redeem(used, other_account_)), Refusal::kUsed);
  EXPECT_EQ(Grants(), "1");
}

TEST_F(AccessCodeStoreTest, AHolderOfAGrantIsRefusedAndTheCodeStaysLive) {
  NewGrant(patient_, account_);
  ASSERT_OK(Insert(NewCode(patient_), words_));
  EXPECT_EQ(RefusalIn(Redeem(words_, account_)), Refusal::kGrantExists);
  EXPECT_EQ(Grants(), "1");
  EXPECT_EQ(RefusalIn(Redeem(words_, other_account_)), std::nullopt);
}

TEST_F(AccessCodeStoreTest, AfterARevocationANewCodeMakesANewGrant) {
  const id::GrantId first = NewGrant(patient_, account_);
  ASSERT_OK(Revoke(first, clinic_));
  const id::GrantId second = NewGrant(patient_, account_);
  EXPECT_NE(first, second);
  ASSERT_OK_AND_ASSIGN(const auto granted, grants_.Check({}, {{account_, patient_}}, clock_.Now()));
  EXPECT_THAT(granted, ElementsAre(true));
}

TEST_F(AccessCodeStoreTest, CodesOfAnOldPepperAreFoundAfterANewOneIsActive) {
  ASSERT_OK(Insert(NewCode(patient_), words_));
  pepper_folder_.AddSymmetricKey("k2");
  ASSERT_OK(peppers_->Reload());
  const CodeWords newer = NewWords();
  ASSERT_OK(Insert(NewCode(NewPatient(clinic_)), newer));
  EXPECT_EQ(Sql("SELECT pepper_id FROM access_codes ORDER BY pepper_id"), "k1\nk2");
  EXPECT_EQ(RefusalIn(Redeem(words_, account_)), std::nullopt);
  EXPECT_EQ(RefusalIn(Redeem(newer, account_)), std::nullopt);
}

TEST_F(AccessCodeStoreTest, CodesOfARemovedPepperAreUnknown) {
  ASSERT_OK(Insert(NewCode(patient_), words_));
  pepper_folder_.AddSymmetricKey("k2");
  pepper_folder_.Remove("k1.key");
  ASSERT_OK(peppers_->Reload());
  EXPECT_EQ(RefusalIn(Redeem(words_, account_)), Refusal::kUnknown);
}

TEST_F(AccessCodeStoreTest, OnlyALiveCodeOfTheClinicIsCancelled) {
  const AccessCode code = NewCode(patient_);
  ASSERT_OK(Insert(code, words_));
  EXPECT_THAT(Cancel(code.id, other_clinic_),
              FailsWith(absl::StatusCode::kNotFound, "ACCESS_CODE_NOT_FOUND"));
  EXPECT_EQ(Cancel(code.id, other_clinic_).status(),
            Cancel(id::AccessCodeId::New(clock_), clinic_).status());
  ASSERT_OK_AND_ASSIGN(const AccessCode cancelled, Cancel(code.id, clinic_));
  EXPECT_EQ(cancelled.cancelled_at, clock_.Now());
  EXPECT_THAT(Cancel(code.id, clinic_),
              FailsWith(absl::StatusCode::kFailedPrecondition, "ACCESS_CODE_NOT_LIVE"));

  const CodeWords late = NewWords();
  const AccessCode expiring = NewCode(patient_);
  ASSERT_OK(Insert(expiring, late));
  clock_.Set(expiring.expires_at);
  EXPECT_THAT(Cancel(expiring.id, clinic_),
              FailsWith(absl::StatusCode::kFailedPrecondition, "ACCESS_CODE_NOT_LIVE"));
  EXPECT_EQ(Sql("SELECT count(*) FROM access_codes WHERE cancelled_at IS NOT NULL"), "1");
}

TEST_F(AccessCodeStoreTest, ListIsNewestFirstAndPagesWithoutGapOrRepetition) {
  std::vector<id::AccessCodeId> newest_first;
  for (int i = 0; i < 7; ++i) {
    const AccessCode code = NewCode(patient_);
    ASSERT_OK(Insert(code, NewWords()));
    newest_first.insert(newest_first.begin(), code.id);
    if (i % 2 == 0) clock_.Advance(absl::Microseconds(1));  // some share an instant
  }
  std::vector<id::AccessCodeId> listed;
  ListPosition position;
  while (true) {
    ASSERT_OK_AND_ASSIGN(const auto page, codes_.List({}, clinic_, patient_, position, 2));
    if (page.empty()) break;
    for (const AccessCode& code : page) listed.push_back(code.id);
    position = {.created_at = page.back().created_at, .id = page.back().id.uuid()};
  }
  EXPECT_EQ(listed, newest_first);
}

TEST_F(AccessCodeStoreTest, ListOfAForeignPatientIsThatOfAnUnknownOne) {
  ASSERT_OK(Insert(NewCode(patient_), words_));
  const auto foreign = codes_.List({}, other_clinic_, patient_, {}, 10);
  EXPECT_THAT(foreign, FailsWith(absl::StatusCode::kNotFound, "PATIENT_NOT_FOUND"));
  EXPECT_EQ(foreign.status(),
            codes_.List({}, other_clinic_, id::PatientId::New(clock_), {}, 10).status());
  EXPECT_OK(codes_.List({}, clinic_, NewPatient(clinic_), {}, 10));
}

TEST_F(AccessCodeStoreTest, OfManyAccountsAtOnceOneGetsTheCode) {
  constexpr int kRounds = 10;
  for (int round = 0; round < kRounds; ++round) {
    const CodeWords words = NewWords();
    ASSERT_OK(Insert(NewCode(patient_), words));
    std::atomic<int> won = 0, used = 0;
    AtOnce(kConnections, [&](int) {
      const auto refusal = RefusalIn(Redeem(words, id::AccountId::New(clock_)));
      if (!refusal.has_value()) ++won;
      if (refusal == Refusal::kUsed) ++used;
    });
    EXPECT_EQ(won, 1);
    EXPECT_EQ(used, kConnections - 1);
  }
  EXPECT_EQ(Grants(), std::to_string(kRounds) + "");
}

TEST_F(AccessCodeStoreTest, AnAccountThatRedeemsTwoCodesAtOnceGetsOneGrantAndTheOtherStaysLive) {
  constexpr int kRounds = 20;
  for (int round = 0; round < kRounds; ++round) {
    const id::PatientId patient = NewPatient(clinic_);
    const CodeWords words[2] = {NewWords(), NewWords()};
    for (const CodeWords& each : words) ASSERT_OK(Insert(NewCode(patient), each));
    std::atomic<int> won = 0, refused = 0;
    AtOnce(2, [&](int i) {
      const auto redemption = Redeem(words[i], account_);
      if (redemption.ok()) {
        ++(std::holds_alternative<RedeemedCode>(*redemption) ? won : refused);
      } else {
        EXPECT_THAT(redemption, FailsWith(absl::StatusCode::kFailedPrecondition, "GRANT_EXISTS"));
        ++refused;
      }
    });
    EXPECT_EQ(won, 1);
    EXPECT_EQ(refused, 1);
  }
  EXPECT_EQ(Grants(), std::to_string(kRounds) + "");
  EXPECT_EQ(RedeemedCodes(), std::to_string(kRounds) + "");
}

TEST_F(AccessCodeStoreTest, ACodeThatIsCancelledAndRedeemedAtOnceIsOneOfThem) {
  int cancelled_rounds = 0, redeemed_rounds = 0;
  for (int round = 0; round < 40; ++round) {
    const AccessCode code = NewCode(patient_);
    const CodeWords words = NewWords();
    ASSERT_OK(Insert(code, words));
    std::atomic<bool> cancelled = false, redeemed = false;
    AtOnce(2, [&](int i) {
      if (i == round % 2) {
        cancelled = Cancel(code.id, clinic_).ok();
      } else {
        redeemed = !RefusalIn(Redeem(words, id::AccountId::New(clock_))).has_value();
      }
    });
    EXPECT_NE(cancelled, redeemed);
    ++(cancelled ? cancelled_rounds : redeemed_rounds);
  }
  EXPECT_EQ(Grants(), std::to_string(redeemed_rounds) + "");
  EXPECT_EQ(RedeemedCodes(), std::to_string(redeemed_rounds) + "");
  EXPECT_EQ(Sql("SELECT count(*) FROM access_codes WHERE cancelled_at IS NOT NULL"),
            std::to_string(cancelled_rounds) + "");
}

TEST_F(AccessCodeStoreTest, TheDatabaseRefusesToReopenWhatHasEnded) {
  NewGrant(patient_, account_);
  const std::string reopen =
      "UPDATE access_codes SET redeemed_at = NULL, redeemer_account_id = NULL";
  EXPECT_THROW(testing::Psql(database_.app, reopen), std::runtime_error);
  EXPECT_THROW(testing::Psql(database_.app, "DELETE FROM access_codes"), std::runtime_error);
  EXPECT_THROW(testing::Psql(database_.app, "UPDATE access_codes SET expires_at = now()"),
               std::runtime_error);
  EXPECT_EQ(RedeemedCodes(), "1");
}

}  // namespace
}  // namespace portal::access_code
