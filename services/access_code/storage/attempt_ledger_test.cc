#include "services/access_code/storage/attempt_ledger.h"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "libs/status/errors.h"
#include "services/access_code/domain/limits.h"
#include "services/access_code/storage/storage_fixture.h"

namespace portal::access_code {
namespace {

using testing::FailsWith;

constexpr char kAddress[] = "192.0.2.7";

class AttemptLedgerTest : public StorageTest {
 protected:
  absl::Status Admit(const id::AccountId& account_id, const std::string& address = kAddress) {
    return attempts_.Admit({}, account_id, address, clock_.Now());
  }
};

TEST_F(AttemptLedgerTest, TenAttemptsAreAdmittedAndTheEleventhIsToldWhenToComeBack) {
  for (int i = 0; i < kAttemptsPerAccount; ++i) {
    EXPECT_OK(Admit(account_)) << i;
    clock_.Advance(absl::Minutes(1));
  }
  const absl::Status refused = Admit(account_);
  EXPECT_THAT(refused, FailsWith(absl::StatusCode::kResourceExhausted, "TOO_MANY_ATTEMPTS"));
  EXPECT_EQ(status::RetryAfterOf(refused), absl::Minutes(50));
  EXPECT_OK(Admit(other_account_));
}

TEST_F(AttemptLedgerTest, TheTimeToWaitIsExactAndRefusalsDoNotProlongIt) {
  for (int i = 0; i < kAttemptsPerAccount; ++i) {
    EXPECT_OK(Admit(account_));
    clock_.Advance(absl::Seconds(10));
  }
  clock_.Advance(*status::RetryAfterOf(Admit(account_)) - absl::Microseconds(1));
  EXPECT_THAT(Admit(account_),
              FailsWith(absl::StatusCode::kResourceExhausted, "TOO_MANY_ATTEMPTS"));
  clock_.Advance(absl::Microseconds(1));
  EXPECT_OK(Admit(account_));
  // The second attempt was ten seconds after the first.
  EXPECT_EQ(status::RetryAfterOf(Admit(account_)), absl::Seconds(10));
}

// However attempts are spread, no window of an hour holds more than ten.
TEST_F(AttemptLedgerTest, NoWindowHoldsMoreThanTheLimit) {
  std::mt19937 generator(3);
  std::uniform_int_distribution<int> seconds(0, 400);
  std::vector<absl::Time> admitted;
  for (int i = 0; i < 300; ++i) {
    clock_.Advance(absl::Seconds(seconds(generator)));
    if (Admit(account_, "").ok()) admitted.push_back(clock_.Now());
  }
  ASSERT_GT(admitted.size(), 100);
  for (size_t i = kAttemptsPerAccount; i < admitted.size(); ++i) {
    EXPECT_GE(admitted[i] - admitted[i - kAttemptsPerAccount], kAttemptWindow);
  }
}

TEST_F(AttemptLedgerTest, OfManyAttemptsAtOnceExactlyTheLimitIsAdmitted) {
  for (int round = 0; round < 5; ++round) {
    const auto account = id::AccountId::New(clock_);
    std::atomic<int> admitted = 0;
    AtOnce(40, [&](int) { admitted += Admit(account, "").ok(); });
    EXPECT_EQ(admitted, kAttemptsPerAccount);
  }
}

// PORTAL_GUESSES=1000000 (bazel test --test_env) is the long form.
TEST_F(AttemptLedgerTest, HoweverManyGuessesNoneIsAdmittedOverTheLimit) {
  constexpr int kThreads = 8;
  constexpr int kAccounts = 40;    // at an address of their own
  constexpr int kNeighbours = 20;  // each has attempts left when their address has none
  const char* const asked_for = std::getenv("PORTAL_GUESSES");
  const int guesses = asked_for == nullptr ? 4000 : std::atoi(asked_for);
  std::array<id::AccountId, kAccounts + kNeighbours> accounts;
  for (id::AccountId& account : accounts) account = id::AccountId::New(clock_);
  std::array<std::atomic<int>, kAccounts + kNeighbours> admitted = {};
  AtOnce(kThreads, [&](int thread) {
    for (int i = thread; i < guesses; i += kThreads) {
      const int subject = i / kThreads % (kAccounts + kNeighbours);
      const std::string address =
          subject < kAccounts ? absl::StrCat("198.51.100.", subject) : kAddress;
      admitted[subject] += Admit(accounts[subject], address).ok();
    }
  });
  int of_neighbours = 0;
  for (int i = 0; i < kAccounts; ++i) EXPECT_EQ(admitted[i], kAttemptsPerAccount);
  for (int i = kAccounts; i < kAccounts + kNeighbours; ++i) of_neighbours += admitted[i];
  EXPECT_EQ(of_neighbours, kAttemptsPerAddress);
  std::printf(
      "PROOF %d guesses of %d accounts by %d threads: %d looked at of each account, %d of an "
      "address\n",
      guesses, kAccounts + kNeighbours, kThreads, kAttemptsPerAccount, kAttemptsPerAddress);
}

TEST_F(AttemptLedgerTest, OfManyAccountsAtOneAddressExactlyItsLimitIsAdmitted) {
  std::vector<id::AccountId> accounts;
  for (int i = 0; i < kAttemptsPerAddress + 20; ++i) {
    accounts.push_back(id::AccountId::New(clock_));
  }
  std::atomic<int> admitted = 0;
  AtOnce(kAttemptsPerAddress + 20, [&](int i) { admitted += Admit(accounts[i]).ok(); });
  EXPECT_EQ(admitted, kAttemptsPerAddress);
  EXPECT_THAT(Admit(account_),
              FailsWith(absl::StatusCode::kResourceExhausted, "TOO_MANY_ATTEMPTS"));
  EXPECT_OK(Admit(account_, "192.0.2.8"));
}

TEST_F(AttemptLedgerTest, WhatTheAddressRefusesTheAccountIsNotCharged) {
  for (int i = 0; i < kAttemptsPerAddress; ++i) ASSERT_OK(Admit(id::AccountId::New(clock_)));
  for (int i = 0; i < kAttemptsPerAccount; ++i) ASSERT_FALSE(Admit(account_).ok());
  for (int i = 0; i < kAttemptsPerAccount; ++i) EXPECT_OK(Admit(account_, "192.0.2.8"));
}

TEST_F(AttemptLedgerTest, WhatTheAccountRefusesTheAddressIsNotCharged) {
  for (int i = 0; i < 2 * kAttemptsPerAddress; ++i) (void)Admit(account_);
  EXPECT_OK(Admit(other_account_));
  EXPECT_EQ(Sql("SELECT cardinality(admitted_at) FROM redemption_attempts "
                "WHERE subject = 'address:192.0.2.7'"),
            absl::StrCat(kAttemptsPerAccount + 1, ""));
}

TEST_F(AttemptLedgerTest, OnlyTheAttemptsThatCountAreKept) {
  for (int i = 0; i < 3 * kAttemptsPerAccount; ++i) {
    EXPECT_OK(Admit(account_, ""));
    clock_.Advance(kAttemptWindow / kAttemptsPerAccount);
  }
  EXPECT_EQ(Sql("SELECT cardinality(admitted_at) FROM redemption_attempts"),
            absl::StrCat(kAttemptsPerAccount, ""));
}

TEST_F(AttemptLedgerTest, PruneForgetsWhatNoLongerCounts) {
  ASSERT_OK(Admit(account_));
  clock_.Advance(absl::Minutes(30));
  ASSERT_OK(Admit(other_account_, "192.0.2.8"));
  clock_.Advance(absl::Minutes(30) - absl::Microseconds(1));
  EXPECT_EQ(attempts_.Prune(clock_.Now(), 10).value(), 0);
  clock_.Advance(absl::Microseconds(1));
  EXPECT_EQ(attempts_.Prune(clock_.Now(), 1).value(), 1);
  EXPECT_EQ(attempts_.Prune(clock_.Now(), 10).value(), 1);
  EXPECT_EQ(Sql("SELECT subject FROM redemption_attempts ORDER BY subject"),
            absl::StrCat("account:", other_account_.ToString(), "\naddress:192.0.2.8"));
}

TEST(NetworkOfTest, AnIpv6CustomerIsOneNetworkAndAnIpv4AddressItself) {
  EXPECT_EQ(NetworkOf("192.0.2.7"), "192.0.2.7");
  EXPECT_EQ(NetworkOf("::ffff:192.0.2.7"), "192.0.2.7");
  EXPECT_EQ(NetworkOf("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
  EXPECT_EQ(NetworkOf("2001:DB8:1:2:ffff::1"), "2001:db8:1:2::/64");
  EXPECT_EQ(NetworkOf("2001:db8:1:3::1"), "2001:db8:1:3::/64");
}

TEST(NetworkOfTest, WhatIsNoAddressHasNoNetwork) {
  for (const char* text :
       {"", "unknown", "192.0.2", "192.0.2.256", "1.2.3.4.5", "2001:db8", "::g"}) {
    EXPECT_EQ(NetworkOf(text), "") << text;
  }
}

}  // namespace
}  // namespace portal::access_code
