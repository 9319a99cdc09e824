#include "services/identity/storage/account_store.h"

#include <atomic>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "libs/testing/status_matchers.h"
#include "services/identity/domain/limits.h"
#include "services/identity/storage/store_fixture.h"

namespace portal::identity {
namespace {

using testing::FailsWith;

class AccountStoreTest : public StoreTest {
 protected:
  absl::StatusOr<bool> SignUpAs(absl::string_view email, absl::string_view password_hash,
                                absl::string_view token) {
    return Transact([&](db::Transaction& transaction) {
      return accounts_.PutSignUp(transaction, {.email = EmailOf(email),
                                               .password_hash = std::string(password_hash),
                                               .token_hash = HashOf(token),
                                               .created_at = clock_.Now(),
                                               .expires_at = clock_.Now() + kVerificationLifetime});
    });
  }

  absl::StatusOr<id::AccountId> Verify(absl::string_view token) {
    return Transact([&](db::Transaction& transaction) {
      return accounts_.Verify(transaction, HashOf(token), id::AccountId::New(clock_), clock_.Now());
    });
  }

  std::optional<std::string> HashFor(absl::string_view token) {
    auto hash = accounts_.CountLinkAttempt({}, HashOf(token), clock_.Now());
    EXPECT_OK(hash);
    return *std::move(hash);
  }

  Credentials CredentialsOf(absl::string_view email) {
    absl::StatusOr<Credentials> found = accounts_.FindCredentials({}, EmailOf(email));
    EXPECT_OK(found);
    return *std::move(found);
  }
};

TEST_F(AccountStoreTest, UnknownAddressHasNoCredentials) {
  const Credentials credentials = CredentialsOf("nobody@example.org");
  EXPECT_FALSE(credentials.account.has_value());
  EXPECT_FALSE(credentials.sign_up_password_hash.has_value());
}

TEST_F(AccountStoreTest, SignUpIsNoAccountUntilItsLinkIsUsed) {
  ASSERT_OK_AND_ASSIGN(const bool has_account, SignUpAs("Anna@Example.org", "hash", "token"));
  EXPECT_FALSE(has_account);
  EXPECT_FALSE(CredentialsOf("anna@example.org").account.has_value());
  EXPECT_EQ(CredentialsOf("anna@example.org").sign_up_password_hash, "hash");

  ASSERT_OK_AND_ASSIGN(const id::AccountId account_id, Verify("token"));
  const Credentials credentials = CredentialsOf("ANNA@EXAMPLE.ORG");
  ASSERT_TRUE(credentials.account.has_value());
  EXPECT_EQ(credentials.account->account_id, account_id);
  EXPECT_EQ(credentials.account->password_hash, "hash");
  EXPECT_FALSE(credentials.sign_up_password_hash.has_value());

  ASSERT_OK_AND_ASSIGN(const std::optional<Account> account, accounts_.Find({}, account_id));
  ASSERT_TRUE(account.has_value());
  EXPECT_EQ(account->email, "Anna@Example.org");
  EXPECT_EQ(account->created_at, clock_.Now());
}

TEST_F(AccountStoreTest, LinkIsRejectedAtItsExpiryAndNothingChanges) {
  ASSERT_OK(SignUpAs("anna@example.org", "hash", "token"));
  clock_.Advance(kVerificationLifetime);
  EXPECT_THAT(Verify("token"), FailsWith(absl::StatusCode::kInvalidArgument, "LINK_REJECTED"));
  EXPECT_EQ(Sql("SELECT count(*) FROM accounts"), "0");
  clock_.Advance(-absl::Microseconds(1));
  EXPECT_OK(Verify("token"));
}

TEST_F(AccountStoreTest, UnknownAndUsedLinksAreRejected) {
  EXPECT_THAT(Verify("token"), FailsWith(absl::StatusCode::kInvalidArgument, "LINK_REJECTED"));
  ASSERT_OK(SignUpAs("anna@example.org", "hash", "token"));
  ASSERT_OK(Verify("token"));
  EXPECT_THAT(Verify("token"), FailsWith(absl::StatusCode::kInvalidArgument, "LINK_REJECTED"));
  EXPECT_EQ(Sql("SELECT count(*) FROM accounts"), "1");
}

TEST_F(AccountStoreTest, HashIsHandedOutForALiveLinkUpToTheLimit) {
  ASSERT_OK(SignUpAs("anna@example.org", "hash", "token"));
  for (int i = 0; i < kPasswordsPerLink; ++i) EXPECT_EQ(HashFor("token"), "hash");
  EXPECT_EQ(HashFor("token"), std::nullopt);
  EXPECT_EQ(HashFor("another token"), std::nullopt);
  EXPECT_EQ(Sql("SELECT link_attempts FROM sign_ups"), absl::StrCat(kPasswordsPerLink));
}

TEST_F(AccountStoreTest, LinkGivesNoHashAtItsExpiryAndCountsNothing) {
  ASSERT_OK(SignUpAs("anna@example.org", "hash", "token"));
  clock_.Advance(kVerificationLifetime);
  EXPECT_EQ(HashFor("token"), std::nullopt);
  EXPECT_EQ(Sql("SELECT link_attempts FROM sign_ups"), "0");
  clock_.Advance(-absl::Microseconds(1));
  EXPECT_EQ(HashFor("token"), "hash");
}

TEST_F(AccountStoreTest, NewerLinkStartsWithAllItsAttempts) {
  ASSERT_OK(SignUpAs("anna@example.org", "hash", "first"));
  for (int i = 0; i < kPasswordsPerLink; ++i) EXPECT_EQ(HashFor("first"), "hash");
  ASSERT_OK(SignUpAs("anna@example.org", "newer hash", "second"));
  EXPECT_EQ(HashFor("first"), std::nullopt);
  for (int i = 0; i < kPasswordsPerLink; ++i) EXPECT_EQ(HashFor("second"), "newer hash");
  EXPECT_EQ(HashFor("second"), std::nullopt);
}

TEST_F(AccountStoreTest, OfManyAttemptsAtOnceExactlyTheLimitGetsTheHash) {
  for (int round = 0; round < 5; ++round) {
    const std::string token = absl::StrCat("anna", round, "@example.org");
    ASSERT_OK(SignUpAs(token, "hash", token));
    std::atomic<int> handed_out = 0;
    InParallel(40, [&](int) { handed_out += HashFor(token).has_value(); });
    EXPECT_EQ(handed_out, kPasswordsPerLink);
  }
}

TEST_F(AccountStoreTest, NewerSignUpVoidsTheLinkAndThePasswordOfTheOlder) {
  ASSERT_OK(SignUpAs("victim@example.org", "attacker's", "first"));
  ASSERT_OK(SignUpAs("Victim@Example.org", "victim's", "second"));
  EXPECT_THAT(Verify("first"), FailsWith(absl::StatusCode::kInvalidArgument, "LINK_REJECTED"));
  ASSERT_OK(Verify("second"));
  EXPECT_EQ(CredentialsOf("victim@example.org").account->password_hash, "victim's");
}

TEST_F(AccountStoreTest, SignUpForAnAccountSaysSoAndChangesNothingOfIt) {
  NewAccount("anna@example.org");
  ASSERT_OK_AND_ASSIGN(const bool has_account, SignUpAs("ANNA@example.org", "other", "token"));
  EXPECT_TRUE(has_account);
  EXPECT_THAT(Verify("token"), FailsWith(absl::StatusCode::kInvalidArgument, "LINK_REJECTED"));
  EXPECT_EQ(CredentialsOf("anna@example.org").account->password_hash, "hash of anna@example.org");
}

TEST_F(AccountStoreTest, LinkUsedInParallelMakesOneAccount) {
  for (int round = 0; round < 10; ++round) {
    const std::string email = absl::StrCat("anna", round, "@example.org");
    ASSERT_OK(SignUpAs(email, "hash", email));
    std::atomic<int> verified = 0;
    InParallel(8, [&](int) {
      const auto account_id = Verify(email);
      if (account_id.ok()) {
        ++verified;
      } else {
        EXPECT_THAT(account_id, FailsWith(absl::StatusCode::kInvalidArgument, "LINK_REJECTED"));
      }
    });
    EXPECT_EQ(verified, 1);
  }
  EXPECT_EQ(Sql("SELECT count(*) FROM accounts"), "10");
}

TEST_F(AccountStoreTest, OfSignUpsInParallelOneLinkAndItsOwnPasswordRemain) {
  InParallel(8, [&](int i) {
    EXPECT_OK(SignUpAs("anna@example.org", absl::StrCat("hash ", i), absl::StrCat(i)));
  });
  int verified = -1;
  for (int i = 0; i < 8; ++i) {
    if (!Verify(absl::StrCat(i)).ok()) continue;
    EXPECT_EQ(verified, -1);
    verified = i;
  }
  ASSERT_NE(verified, -1);
  EXPECT_EQ(CredentialsOf("anna@example.org").account->password_hash,
            absl::StrCat("hash ", verified));
}

TEST_F(AccountStoreTest, AccountProvenOtherwiseVoidsThePendingSignUp) {
  ASSERT_OK(SignUpAs("anna@example.org", "attacker's", "token"));
  NewAccount("Anna@example.org");
  EXPECT_THAT(Verify("token"), FailsWith(absl::StatusCode::kInvalidArgument, "LINK_REJECTED"));
  EXPECT_FALSE(CredentialsOf("anna@example.org").sign_up_password_hash.has_value());
}

TEST_F(AccountStoreTest, SecondAccountForAnAddressIsContention) {
  NewAccount("anna@example.org");
  EXPECT_THAT(Transact([&](db::Transaction& transaction) {
                return accounts_.Create(transaction, id::AccountId::New(clock_),
                                        EmailOf("ANNA@example.org"), "other", clock_.Now());
              }),
              FailsWith(absl::StatusCode::kAborted, "CONTENTION"));
  EXPECT_EQ(Sql("SELECT password_hash FROM accounts"), "hash of anna@example.org");
}

TEST_F(AccountStoreTest, RehashReplacesOnlyTheHashThatWasVerified) {
  const id::AccountId account_id = NewAccount("anna@example.org");
  const auto rehash = [&](absl::string_view old) {
    return Transact([&](db::Transaction& transaction) {
      return accounts_.Rehash(
          transaction, {.account_id = account_id, .password_hash = std::string(old)}, "dearer");
    });
  };
  ASSERT_OK(rehash("of a former password"));
  EXPECT_EQ(CredentialsOf("anna@example.org").account->password_hash, "hash of anna@example.org");
  ASSERT_OK(rehash("hash of anna@example.org"));
  EXPECT_EQ(CredentialsOf("anna@example.org").account->password_hash, "dearer");
}

}  // namespace
}  // namespace portal::identity
