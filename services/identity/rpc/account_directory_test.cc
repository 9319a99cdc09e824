#include "services/identity/rpc/account_directory.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "libs/testing/status_matchers.h"
#include "services/identity/domain/limits.h"
#include "services/identity/rpc/clinic_directory.h"
#include "services/identity/rpc/service_fixture.h"

namespace portal::identity {
namespace {

using messaging::v1::PutAccountRequest;

class AccountDirectoryTest : public ServiceTest {
 protected:
  // Accounts as a program from before messaging made them.
  void InsertUntold(int count) {
    Sql(
        absl::StrCat("INSERT INTO accounts (account_id, email, normalized_email, created_at) "
                     "SELECT md5(i::text)::uuid, i || '@x.example', i || '@x.example', now() "
                     "FROM generate_series(1, ",
                     count, ") AS i"));
  }

  AccountDirectory directory_{pool_, outbox_};
};

TEST_F(AccountDirectoryTest, AccountIsToldOnceItsMailboxIsProven) {
  ASSERT_EQ(SignUp("Anna@Example.org").Outcome(), "OK");
  const std::string token = VerificationToken();
  EXPECT_TRUE(AccountsTold().empty());
  EXPECT_EQ(VerifyEmail(token, "another long password").Outcome(), "CREDENTIALS_REJECTED");
  EXPECT_TRUE(AccountsTold().empty());

  EXPECT_EQ(VerifyEmail(token).Outcome(), "OK");
  const std::vector<PutAccountRequest> told = AccountsTold();
  ASSERT_EQ(told.size(), 1);
  EXPECT_EQ(told[0].account_id(), Sql("SELECT account_id FROM accounts"));
  EXPECT_EQ(told[0].email(), "Anna@Example.org");
  EXPECT_EQ(told[0].language(), "en");
  EXPECT_EQ(told[0].version(), 1);
}

TEST_F(AccountDirectoryTest, AccountMadeByAnInvitationIsTold) {
  NewClinic("willow-creek", "owner@example.org");
  const std::vector<PutAccountRequest> told = AccountsTold();
  ASSERT_EQ(told.size(), 1);
  EXPECT_EQ(told[0].email(), "owner@example.org");
  // The same account again: nothing of it changed.
  NewClinic("elm-street", "owner@example.org");
  EXPECT_TRUE(AccountsTold().empty());
}

TEST_F(AccountDirectoryTest, AccountsFromBeforeAreToldOnce) {
  InsertUntold(kTellBatch + 1);
  ASSERT_OK_AND_ASSIGN(const bool more, directory_.TellUntold());
  EXPECT_TRUE(more);
  ASSERT_OK_AND_ASSIGN(const bool still_more, directory_.TellUntold());
  EXPECT_FALSE(still_more);
  EXPECT_EQ(AccountsTold().size(), kTellBatch + 1);
  ASSERT_OK(directory_.TellUntold());
  EXPECT_TRUE(AccountsTold().empty());
}

TEST_F(AccountDirectoryTest, AccountChangedWithoutBeingToldIsToldAsItIsNow) {
  NewAccount("anna@example.org");
  AccountsTold();
  ASSERT_OK(directory_.TellUntold());
  EXPECT_TRUE(AccountsTold().empty());
  Sql("UPDATE accounts SET language = 'fr', version = version + 2");
  ASSERT_OK(directory_.TellUntold());
  const std::vector<PutAccountRequest> told = AccountsTold();
  ASSERT_EQ(told.size(), 1);
  EXPECT_EQ(told[0].language(), "fr");
  EXPECT_EQ(told[0].version(), 3);
}

TEST_F(AccountDirectoryTest, ReplicasAtOnceTellEachAccountOnce) {
  InsertUntold(kTellBatch - 1);
  InParallel(4, [&](int) { EXPECT_OK(directory_.TellUntold()); });
  EXPECT_EQ(AccountsTold().size(), kTellBatch - 1);
}

TEST_F(AccountDirectoryTest, ClinicsFromBeforeAreAnnouncedOnceAndThoseOfNowAreNot) {
  NewClinic("willow-creek", "owner@example.org");
  AccountsTold();
  announced_clinics_.clear();
  EXPECT_FALSE(AnnounceUntoldClinics(pool_, outbox_).value());
  AccountsTold();
  EXPECT_TRUE(announced_clinics_.empty());

  Sql("INSERT INTO clinics (clinic_id, slug, display_name, time_zone, created_at, notice_email, "
      "language, version) "
      "VALUES ('0190163d-8694-739b-aea5-966c26f8ad91', 'elm-street', 'Elm', 'America/Toronto', "
      "now(), "
      "'desk@elm.example', 'fr', 3)");
  EXPECT_FALSE(AnnounceUntoldClinics(pool_, outbox_).value());
  AccountsTold();
  ASSERT_EQ(announced_clinics_.size(), 1);
  EXPECT_EQ(announced_clinics_[0].clinic_id(), "0190163d-8694-739b-aea5-966c26f8ad91");
  EXPECT_EQ(announced_clinics_[0].display_name(), "Elm");
  EXPECT_EQ(announced_clinics_[0].notice_email(), "desk@elm.example");
  EXPECT_EQ(announced_clinics_[0].language(), "fr");
  EXPECT_EQ(announced_clinics_[0].version(), 3);
  EXPECT_FALSE(AnnounceUntoldClinics(pool_, outbox_).value());
  AccountsTold();
  EXPECT_EQ(announced_clinics_.size(), 1);
}

TEST_F(AccountDirectoryTest, ReplicasAtOnceAnnounceEachClinicOnce) {
  Sql(
      absl::StrCat("INSERT INTO clinics (clinic_id, slug, display_name, time_zone, created_at) "
                   "SELECT md5(i::text)::uuid, 'clinic-' || i, 'C', 'America/Toronto', now() "
                   "FROM generate_series(1, ",
                   kTellBatch, ") AS i"));
  InParallel(4, [&](int) { EXPECT_OK(AnnounceUntoldClinics(pool_, outbox_)); });
  AccountsTold();
  EXPECT_EQ(announced_clinics_.size(), kTellBatch);
}

}  // namespace
}  // namespace portal::identity
