#include "services/access_code/storage/form_access_store.h"

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
using ::testing::IsEmpty;
using ::testing::Optional;

using testing::FailsWith;

class FormAccessStoreTest : public StorageTest {
 protected:
  std::string Grants() const { return Sql("SELECT count(*) FROM grants"); }
  std::string Accesses() const { return Sql("SELECT count(*) FROM form_accesses"); }

  // Those of the assignments that are open to the account.
  std::vector<FormAssignmentId> Open(const id::AccountId& account_id,
                                     const std::vector<FormAssignmentId>& asked) {
    const auto open = forms_.Check({}, account_id, asked);
    EXPECT_OK(open.status());
    std::vector<FormAssignmentId> ids;
    for (const auto& [id, since] : *open) ids.push_back(id);
    return ids;
  }
  CodeWords NewFormWords(const FormAssignmentId& form) {
    const CodeWords words = NewWords();
    EXPECT_OK(Insert(NewFormCode(patient_, form), words));
    return words;
  }
  std::vector<AccessCode> CancelForm(const id::ClinicId& clinic_id) {
    std::vector<AccessCode> cancelled;
    EXPECT_OK(pool_.Transact([&](db::Transaction& transaction) {
      cancelled =
          AccessCodeStore::CancelOfForm(transaction, clinic_id, form_, staff_, clock_.Now());
      return absl::OkStatus();
    }));
    return cancelled;
  }
  std::vector<id::AccountId> RevokeForm(const id::ClinicId& clinic_id) {
    std::vector<id::AccountId> accounts;
    EXPECT_OK(pool_.Transact([&](db::Transaction& transaction) {
      accounts = FormAccessStore::Revoke(transaction, clinic_id, form_, staff_, clock_.Now());
      return absl::OkStatus();
    }));
    return accounts;
  }

  const id::PatientId patient_ = NewPatient(clinic_);
  const FormAssignmentId form_ = FormAssignmentId::New(clock_);
  const FormAssignmentId other_form_ = FormAssignmentId::New(clock_);
};

TEST_F(FormAccessStoreTest, RedeemingOpensTheFormAndMakesNoGrant) {
  const AccessCode code = NewFormCode(patient_, form_);
  const CodeWords words = NewWords();
  ASSERT_OK(Insert(code, words));
  ASSERT_OK_AND_ASSIGN(const Redemption redemption, Redeem(words, account_));
  const auto& opened = std::get<FormAccess>(redemption);
  EXPECT_EQ(opened.access_code_id, code.id);
  EXPECT_EQ(opened.clinic_id, clinic_);
  EXPECT_EQ(opened.patient_id, patient_);
  EXPECT_EQ(opened.form_assignment_id, form_);
  EXPECT_EQ(Grants(), "0");
  EXPECT_THAT(Open(account_, {other_form_, form_}), ElementsAre(form_));
  EXPECT_THAT(Open(other_account_, {form_}), IsEmpty());
  ASSERT_OK_AND_ASSIGN(const auto granted, grants_.Check({}, {{account_, patient_}}, clock_.Now()));
  EXPECT_THAT(granted, ElementsAre(false));
  ASSERT_OK_AND_ASSIGN(const auto codes, codes_.List({}, clinic_, patient_, {}, 10));
  ASSERT_EQ(codes.size(), 1);
  EXPECT_THAT(codes[0].form_assignment_id, Optional(form_));
  EXPECT_EQ(codes[0].redeemer, account_);
}

TEST_F(FormAccessStoreTest, ACodeForRecordsMakesAGrantAndOpensNoForm) {
  NewGrant(patient_, account_);
  EXPECT_EQ(Accesses(), "0");
  ASSERT_OK_AND_ASSIGN(const auto codes, codes_.List({}, clinic_, patient_, {}, 10));
  EXPECT_EQ(codes[0].form_assignment_id, std::nullopt);
}

TEST_F(FormAccessStoreTest, AGrantDoesNotStandInTheWayOfAFormNorAFormOfAGrant) {
  NewGrant(patient_, account_);
  EXPECT_EQ(RefusalIn(Redeem(NewFormWords(form_), account_)), std::nullopt);
  EXPECT_EQ(RefusalIn(Redeem(NewFormWords(form_), other_account_)), std::nullopt);
  NewGrant(patient_, other_account_);
  EXPECT_EQ(Grants(), "2");
  EXPECT_EQ(Accesses(), "2");
}

TEST_F(FormAccessStoreTest, WhoHasTheFormOpenIsRefusedAndTheCodeStaysLive) {
  ASSERT_EQ(RefusalIn(Redeem(NewFormWords(form_), account_)), std::nullopt);
  const CodeWords second = NewFormWords(form_);
  EXPECT_EQ(RefusalIn(Redeem(second, account_)), Refusal::kGrantExists);
  EXPECT_EQ(RefusalIn(Redeem(NewFormWords(other_form_), account_)), std::nullopt);
  EXPECT_EQ(RefusalIn(Redeem(second, other_account_)), std::nullopt);
}

TEST_F(FormAccessStoreTest, ACodeIsRedeemedUntilTheMicrosecondBeforeItsExpiry) {
  const AccessCode code = NewFormCode(patient_, form_);
  const CodeWords words = NewWords();
  ASSERT_OK(Insert(code, words));
  EXPECT_EQ(RefusalIn(RedeemAt(words, account_, code.expires_at)), Refusal::kExpired);
  EXPECT_EQ(Accesses(), "0");
  EXPECT_EQ(RefusalIn(RedeemAt(words, account_, code.expires_at - absl::Microseconds(1))),
            std::nullopt);
}

TEST_F(FormAccessStoreTest, CancellingKillsTheLiveCodesOfTheClinicsFormOnly) {
  const CodeWords redeemed = NewFormWords(form_), live = NewFormWords(form_);
  const CodeWords elsewhere = NewFormWords(other_form_);
  ASSERT_EQ(RefusalIn(Redeem(redeemed, account_)), std::nullopt);
  EXPECT_THAT(CancelForm(other_clinic_), IsEmpty());
  const std::vector<AccessCode> cancelled = CancelForm(clinic_);
  ASSERT_EQ(cancelled.size(), 1);
  EXPECT_EQ(cancelled[0].cancelled_at, clock_.Now());
  EXPECT_THAT(cancelled[0].form_assignment_id, Optional(form_));
  EXPECT_THAT(CancelForm(clinic_), IsEmpty());
  EXPECT_EQ(RefusalIn(Redeem(live, other_account_)), Refusal::kCancelled);
  EXPECT_EQ(RefusalIn(Redeem(elsewhere, other_account_)), std::nullopt);
  EXPECT_THAT(Open(account_, {form_}), ElementsAre(form_));
}

TEST_F(FormAccessStoreTest, RevokingClosesTheClinicsFormToEverybodyAndANewCodeOpensItAgain) {
  ASSERT_EQ(RefusalIn(Redeem(NewFormWords(form_), account_)), std::nullopt);
  ASSERT_EQ(RefusalIn(Redeem(NewFormWords(other_form_), account_)), std::nullopt);
  EXPECT_THAT(RevokeForm(other_clinic_), IsEmpty());
  EXPECT_THAT(RevokeForm(clinic_), ElementsAre(account_));
  EXPECT_THAT(RevokeForm(clinic_), IsEmpty());
  EXPECT_THAT(Open(account_, {form_, other_form_}), ElementsAre(other_form_));
  ASSERT_EQ(RefusalIn(Redeem(NewFormWords(form_), account_)), std::nullopt);
  EXPECT_THAT(Open(account_, {form_}), ElementsAre(form_));
}

TEST_F(FormAccessStoreTest, AMergeTakesCodesAlongAndWhatIsOpenStaysOpen) {
  const CodeWords live = NewFormWords(form_);
  ASSERT_EQ(RefusalIn(Redeem(NewFormWords(form_), account_)), std::nullopt);
  const id::PatientId stayed = NewPatient(clinic_);
  ASSERT_OK(Put({.id = patient_,
                 .clinic_id = clinic_,
                 .display_name = "Ada Moss",
                 .version = 2,
                 .merged_into = stayed}));
  EXPECT_THAT(Open(account_, {form_}), ElementsAre(form_));
  ASSERT_OK_AND_ASSIGN(const Redemption redemption, Redeem(live, other_account_));
  EXPECT_EQ(std::get<FormAccess>(redemption).patient_id, stayed);
  EXPECT_EQ(Grants(), "0");
}

TEST_F(FormAccessStoreTest, OfManyAccountsAtOnceOneOpensTheForm) {
  constexpr int kRounds = 10;
  for (int round = 0; round < kRounds; ++round) {
    const CodeWords words = NewFormWords(form_);
    std::atomic<int> won = 0, used = 0;
    AtOnce(kConnections, [&](int) {
      const auto refusal = RefusalIn(Redeem(words, id::AccountId::New(clock_)));
      if (!refusal.has_value()) ++won;
      if (refusal == Refusal::kUsed) ++used;
    });
    EXPECT_EQ(won, 1);
    EXPECT_EQ(used, kConnections - 1);
  }
  EXPECT_EQ(Accesses(), std::to_string(kRounds) + "");
  EXPECT_EQ(Grants(), "0");
}

TEST_F(FormAccessStoreTest, AnAccountThatRedeemsCodesOfBothKindsAtOnceGetsOneOfEach) {
  for (int round = 0; round < 20; ++round) {
    const auto account = id::AccountId::New(clock_);
    const CodeWords forms[2] = {NewFormWords(form_), NewFormWords(form_)};
    const CodeWords records[2] = {NewWords(), NewWords()};
    for (const CodeWords& words : records) ASSERT_OK(Insert(NewCode(patient_), words));
    std::atomic<int> granted = 0, opened = 0, refused = 0;
    AtOnce(4, [&](int i) {
      const auto redemption = Redeem(i < 2 ? forms[i] : records[i - 2], account);
      if (!redemption.ok()) {
        EXPECT_THAT(redemption, FailsWith(absl::StatusCode::kFailedPrecondition, "GRANT_EXISTS"));
        ++refused;
      } else if (std::holds_alternative<FormAccess>(*redemption)) {
        EXPECT_LT(i, 2);
        ++opened;
      } else if (std::holds_alternative<RedeemedCode>(*redemption)) {
        EXPECT_GE(i, 2);
        ++granted;
      } else {
        ++refused;
      }
    });
    EXPECT_EQ(granted, 1);
    EXPECT_EQ(opened, 1);
    EXPECT_EQ(refused, 2);
  }
  EXPECT_EQ(Grants(), "20");
  EXPECT_EQ(Accesses(), "20");
}

TEST_F(FormAccessStoreTest, ACodeThatIsCancelledWithItsFormAndRedeemedAtOnceIsOneOfThem) {
  int opened_rounds = 0;
  for (int round = 0; round < 40; ++round) {
    const CodeWords words = NewFormWords(form_);
    const auto account = id::AccountId::New(clock_);
    std::atomic<bool> cancelled = false, redeemed = false;
    AtOnce(2, [&](int i) {
      if (i == round % 2) {
        cancelled = !CancelForm(clinic_).empty();
      } else {
        redeemed = !RefusalIn(Redeem(words, account)).has_value();
      }
    });
    EXPECT_NE(cancelled, redeemed);
    EXPECT_EQ(Open(account, {form_}).size(), redeemed ? 1 : 0);
    if (redeemed) ++opened_rounds;
  }
  EXPECT_EQ(Accesses(), std::to_string(opened_rounds) + "");
}

// Whatever a program does, one from before there were two kinds included.
TEST_F(FormAccessStoreTest, TheDatabaseTakesNoGrantFromAFormsCodeAndNoFormFromACodeForRecords) {
  const AccessCode form_code = NewFormCode(patient_, form_), records_code = NewCode(patient_);
  ASSERT_OK(Insert(form_code, NewWords()));
  ASSERT_OK(Insert(records_code, NewWords()));
  const auto grant = [&](const id::AccessCodeId& code_id) {
    return "INSERT INTO grants (grant_id, access_code_id, clinic_id, patient_id, account_id, "
           "created_at) "
           "VALUES (gen_random_uuid(), '" +
           code_id.ToString() + "', '" + clinic_.ToString() + "', '" + patient_.ToString() +
           "', gen_random_uuid(), now())";
  };
  const auto open = [&](const id::AccessCodeId& code_id, const FormAssignmentId& form) {
    return "INSERT INTO form_accesses (access_code_id, form_assignment_id, account_id, created_at) "
           "VALUES ('" +
           code_id.ToString() + "', '" + form.ToString() + "', gen_random_uuid(), now())";
  };
  EXPECT_THROW(testing::Psql(database_.app, grant(form_code.id)), std::runtime_error);
  EXPECT_THROW(testing::Psql(database_.app, open(records_code.id, form_)), std::runtime_error);
  EXPECT_THROW(testing::Psql(database_.app, open(form_code.id, other_form_)), std::runtime_error);
  EXPECT_EQ(Grants(), "0");
  EXPECT_EQ(Accesses(), "0");
  testing::Psql(database_.app, grant(records_code.id));
  testing::Psql(database_.app, open(form_code.id, form_));
  EXPECT_EQ(Grants(), "1");
  EXPECT_EQ(Accesses(), "1");
}

TEST_F(FormAccessStoreTest, TheDatabaseHoldsThatACodeIsOfOneKindForEver) {
  const AccessCode code = NewFormCode(patient_, form_);
  ASSERT_OK(Insert(code, NewWords()));
  for (const std::string& change :
       {std::string("kind = 'medical_records'"), std::string("kind = 'other'"),
        std::string("form_assignment_id = NULL"), std::string("birth_date_demanded = true")}) {
    EXPECT_THROW(Sql("UPDATE access_codes SET " + change), std::runtime_error) << change;
  }
  // Of both columns together only the owner of the schema could, which no service is.
  EXPECT_THROW(testing::Psql(database_.app,
                             "UPDATE access_codes SET kind = 'medical_records', "
                             "form_assignment_id = NULL"),
               std::runtime_error);
}

TEST_F(FormAccessStoreTest, TheDatabaseRefusesToReopenWhatWasClosed) {
  ASSERT_EQ(RefusalIn(Redeem(NewFormWords(form_), account_)), std::nullopt);
  RevokeForm(clinic_);
  EXPECT_THROW(testing::Psql(database_.app,
                             "UPDATE form_accesses SET ended_at = NULL, ender_account_id = NULL, "
                             "end_cause = NULL"),
               std::runtime_error);
  EXPECT_THROW(testing::Psql(database_.app, "DELETE FROM form_accesses"), std::runtime_error);
  EXPECT_THAT(Open(account_, {form_}), IsEmpty());
}

TEST_F(FormAccessStoreTest, ClosingAnAccountClosesItsFormsAndNobodyElses) {
  ASSERT_EQ(RefusalIn(Redeem(NewFormWords(form_), account_)), std::nullopt);
  ASSERT_EQ(RefusalIn(Redeem(NewFormWords(form_), other_account_)), std::nullopt);
  std::vector<FormAccess> closed;
  for (int i = 0; i < 2; ++i) {
    EXPECT_OK(pool_.Transact([&](db::Transaction& transaction) {
      for (const FormAccess& form : FormAccessStore::Close(transaction, account_, clock_.Now())) {
        closed.push_back(form);
      }
      return absl::OkStatus();
    }));
  }
  ASSERT_EQ(closed.size(), 1);
  EXPECT_EQ(closed[0].patient_id, patient_);
  EXPECT_THAT(Open(account_, {form_}), IsEmpty());
  EXPECT_THAT(Open(other_account_, {form_}), ElementsAre(form_));
}

}  // namespace
}  // namespace portal::access_code
