#include "services/identity/storage/attempt_counter.h"

#include <array>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "libs/testing/status_matchers.h"
#include "services/identity/storage/store_fixture.h"

namespace portal::identity {
namespace {

using testing::FailsWith;

constexpr AttemptLimit kThree = {3, absl::Minutes(15)};

class AttemptCounterTest : public StoreTest {
 protected:
  Attempt At(absl::string_view email, AttemptKind kind = AttemptKind::kSignInOfAccount) {
    return Attempt::OfEmail(kind, EmailOf(email), kThree);
  }
  bool Count(const Attempt& attempt) {
    absl::StatusOr<bool> admitted = attempts_.Count({}, attempt);
    EXPECT_OK(admitted);
    return admitted.value_or(false);
  }
};

TEST_F(AttemptCounterTest, AdmitsTheLimitAndRefusesTheNext) {
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(Count(At("anna@example.org")));
  EXPECT_FALSE(Count(At("anna@example.org")));
  EXPECT_FALSE(Count(At("ANNA@example.org")));
}

TEST_F(AttemptCounterTest, SubjectsAndKindsAreCountedApart) {
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(Count(At("anna@example.org")));
  EXPECT_TRUE(Count(At("bob@example.org")));
  EXPECT_TRUE(Count(At("anna@example.org", AttemptKind::kSignUpOfEmail)));
}

TEST_F(AttemptCounterTest, EachAttemptStopsCountingAfterTheWindowOfItsOwn) {
  EXPECT_TRUE(Count(At("anna@example.org")));
  clock_.Advance(absl::Minutes(14));
  EXPECT_TRUE(Count(At("anna@example.org")));
  EXPECT_TRUE(Count(At("anna@example.org")));
  clock_.Advance(absl::Minutes(1) - absl::Microseconds(1));
  EXPECT_FALSE(Count(At("anna@example.org")));
  clock_.Advance(absl::Microseconds(1));
  EXPECT_TRUE(Count(At("anna@example.org")));
  // The two of minute 14 still count: no stretch of 15 minutes holds more than three.
  EXPECT_FALSE(Count(At("anna@example.org")));
}

TEST_F(AttemptCounterTest, RefusedAttemptsDoNotProlongTheWait) {
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(Count(At("anna@example.org")));
  for (int i = 0; i < 5; ++i) {
    clock_.Advance(absl::Minutes(2));
    EXPECT_FALSE(Count(At("anna@example.org")));
  }
  clock_.Advance(absl::Minutes(5));
  EXPECT_TRUE(Count(At("anna@example.org")));
}

TEST_F(AttemptCounterTest, RefusalTellsWhenTheNextAttemptIsPossible) {
  for (int i = 0; i < 3; ++i) {
    EXPECT_OK(attempts_.Admit({}, At("anna@example.org")));
    clock_.Advance(absl::Minutes(1));
  }
  const absl::Status refused = attempts_.Admit({}, At("anna@example.org"));
  EXPECT_THAT(refused, FailsWith(absl::StatusCode::kResourceExhausted, "TOO_MANY_ATTEMPTS"));
  EXPECT_EQ(status::RetryAfterOf(refused), absl::Minutes(12));
  EXPECT_THAT(Transact([&](db::Transaction& transaction) {
                return attempts_.Admit(transaction, At("anna@example.org"));
              }),
              FailsWith(absl::StatusCode::kResourceExhausted, "TOO_MANY_ATTEMPTS"));
}

TEST_F(AttemptCounterTest, InATransactionAttemptsCountIfItCommits) {
  for (int i = 0; i < 5; ++i) {
    EXPECT_FALSE(Transact([&](db::Transaction& transaction) {
                   const absl::Status admitted =
                       attempts_.Admit(transaction, At("anna@example.org"));
                   EXPECT_OK(admitted);
                   return absl::AbortedError("rolled back");
                 }).ok());
  }
  EXPECT_EQ(Sql("SELECT count(*) FROM attempts"), "0");
}

TEST_F(AttemptCounterTest, ForgivingTakesOneBackAndClearingAll) {
  const Attempt attempt = At("anna@example.org");
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(Count(attempt));
  ASSERT_OK(Transact(
      [&](db::Transaction& transaction) { return attempts_.Forgive(transaction, attempt); }));
  EXPECT_TRUE(Count(attempt));
  EXPECT_FALSE(Count(attempt));
  ASSERT_OK(Transact(
      [&](db::Transaction& transaction) { return attempts_.Clear(transaction, attempt); }));
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(Count(attempt));
  EXPECT_FALSE(Count(attempt));
}

TEST_F(AttemptCounterTest, ForgivingWithoutAttemptsIsHarmless) {
  EXPECT_OK(Transact(
      [&](db::Transaction& transaction) { return attempts_.Forgive(transaction, At("a@b.co")); }));
}

TEST_F(AttemptCounterTest, OfManyAtOnceExactlyTheLimitIsAdmitted) {
  for (int round = 0; round < 5; ++round) {
    const std::string email = "anna" + std::to_string(round) + "@example.org";
    std::atomic<int> admitted = 0;
    InParallel(50, [&](int) { admitted += Count(At(email)); });
    EXPECT_EQ(admitted, 3);
  }
}

// PORTAL_GUESSES=1000000 (bazel test --test_env) is the long form.
TEST_F(AttemptCounterTest, HoweverManyGuessesNoneIsAdmittedOverTheLimit) {
  constexpr int kThreads = 8;
  constexpr int kSubjects = 20;
  const char* const asked_for = std::getenv("PORTAL_GUESSES");
  const int guesses = asked_for == nullptr ? 4000 : std::atoi(asked_for);
  std::array<std::atomic<int>, kSubjects> admitted = {};
  InParallel(kThreads, [&](int thread) {
    for (int i = thread; i < guesses; i += kThreads) {
      const int subject = i / kThreads % kSubjects;
      admitted[subject] += Count(At(absl::StrCat("anna", subject, "@example.org")));
    }
  });
  for (const std::atomic<int>& of_subject : admitted) EXPECT_EQ(of_subject, 3);
  std::printf("PROOF %d guesses at %d accounts by %d threads: %d looked at of each\n", guesses,
              kSubjects, kThreads, 3);
}

TEST_F(AttemptCounterTest, AddressesOfOneIpv6NetworkCountTogether) {
  const auto from = [](absl::string_view address) {
    return Attempt::FromClient(AttemptKind::kSignInFromClient, address, kThree).subject();
  };
  EXPECT_EQ(from("2001:db8:1:2::1"), from("2001:db8:1:2:ffff:ffff:ffff:ffff"));
  EXPECT_NE(from("2001:db8:1:2::1"), from("2001:db8:1:3::1"));
  EXPECT_NE(from("192.0.2.1"), from("192.0.2.2"));
  EXPECT_NE(from("::ffff:192.0.2.1"), from("::ffff:192.0.2.2"));
}

TEST_F(AttemptCounterTest, KeepsNoAddresses) {
  EXPECT_TRUE(Count(At("anna@example.org")));
  EXPECT_EQ(Sql("SELECT octet_length(subject) FROM attempts"), "32");
  EXPECT_EQ(Sql("SELECT count(*) FROM attempts WHERE position('anna'::bytea IN subject) > 0"), "0");
}

}  // namespace
}  // namespace portal::identity
