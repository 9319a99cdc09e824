#include "services/identity/storage/retention.h"

#include "gtest/gtest.h"
#include "libs/status/status_macros.h"
#include "libs/testing/status_matchers.h"
#include "services/identity/domain/limits.h"
#include "services/identity/storage/service_account_store.h"
#include "services/identity/storage/store_fixture.h"

namespace portal::identity {
namespace {

class RetentionTest : public StoreTest {
 protected:
  // Rows of sign_ups, sessions and attempts.
  std::string Counts() {
    return Sql(
        "SELECT (SELECT count(*) FROM sign_ups), (SELECT count(*) FROM sessions), (SELECT count(*) "
        "FROM attempts)");
  }

  Retention retention_{pool_, clock_};
};

TEST_F(RetentionTest, KeepsWhatIsNeededAndDeletesTheRest) {
  const Email email = EmailOf("anna@example.org");
  ASSERT_OK(Transact([&](db::Transaction& transaction) {
    return accounts_.PutSignUp(transaction, {.email = email,
                                             .password_hash = "hash",
                                             .token_hash = "token",
                                             .created_at = clock_.Now(),
                                             .expires_at = clock_.Now() + kVerificationLifetime});
  }));
  NewSession(NewAccount("bob@example.org"), "token");
  ASSERT_OK(attempts_.Count(
      {}, Attempt::OfEmail(AttemptKind::kSignInOfAccount, email, kSignInsPerAccount)));
  const absl::Time start = clock_.Now();

  const auto prune_at = [&](absl::Duration after) {
    clock_.Set(start + after);
    EXPECT_THAT(retention_.Prune(), testing::IsOk());
    return Counts();
  };
  EXPECT_EQ(prune_at(kSignInsPerAccount.window - absl::Microseconds(1)), "1|1|1");
  EXPECT_EQ(prune_at(kSignInsPerAccount.window), "1|1|0");
  EXPECT_EQ(prune_at(kVerificationLifetime + kSignUpRetention - absl::Microseconds(1)), "1|1|0");
  EXPECT_EQ(prune_at(kVerificationLifetime + kSignUpRetention), "0|1|0");
  EXPECT_EQ(prune_at(absl::Hours(12) + kSessionRetention - absl::Microseconds(1)), "0|1|0");
  EXPECT_EQ(prune_at(absl::Hours(12) + kSessionRetention), "0|0|0");
}

TEST_F(RetentionTest, ServiceAccountsSessionsAndReplacedSecretsGoTheirTime) {
  ServiceAccountStore service_accounts(pool_);
  const ServiceAccount account = {.service_account_id = ServiceAccountId::New(clock_),
                                  .clinic_id = NewClinic("willow-creek"),
                                  .display_name = "Billing",
                                  .scopes = {ServiceScope::kPatientsRead},
                                  .created_at = clock_.Now(),
                                  .rotated_at = clock_.Now()};
  const absl::Time start = clock_.Now();
  ASSERT_OK(Transact([&](db::Transaction& transaction) -> absl::Status {
    RETURN_IF_ERROR(service_accounts.Create(transaction, account, HashOf("first")));
    RETURN_IF_ERROR(service_accounts
                        .Rotate(transaction, account.clinic_id, account.service_account_id,
                                HashOf("second"), start, start + absl::Hours(1))
                        .status());
    return service_accounts.OpenSession(transaction, id::SessionId::New(clock_),
                                        account.service_account_id, HashOf("token"), start,
                                        start + absl::Hours(12));
  }));
  const auto prune_at = [&](absl::Duration after) {
    clock_.Set(start + after);
    EXPECT_THAT(retention_.Prune(), testing::IsOk());
    return Sql(
        "SELECT (SELECT count(*) FROM service_account_secrets), (SELECT count(*) FROM "
        "service_account_sessions), (SELECT count(*) FROM service_accounts)");
  };
  EXPECT_EQ(prune_at(absl::Hours(1) - absl::Microseconds(1)), "2|1|1");
  EXPECT_EQ(prune_at(absl::Hours(1)), "1|1|1");
  EXPECT_EQ(prune_at(absl::Hours(12) + kSessionRetention - absl::Microseconds(1)), "1|1|1");
  EXPECT_EQ(prune_at(absl::Hours(12) + kSessionRetention), "1|0|1");
}

TEST_F(RetentionTest, WorksInBatches) {
  Sql("INSERT INTO attempts (kind, subject, attempted_at, expires_at) "
      "SELECT 1, sha256(i::text::bytea), '{}', '2026-01-01' FROM generate_series(1, 501) AS i");
  ASSERT_OK_AND_ASSIGN(const bool more, retention_.Prune());
  EXPECT_TRUE(more);
  EXPECT_EQ(Sql("SELECT count(*) FROM attempts"), "1");
  ASSERT_OK_AND_ASSIGN(const bool still_more, retention_.Prune());
  EXPECT_FALSE(still_more);
}

}  // namespace
}  // namespace portal::identity
