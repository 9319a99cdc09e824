#include "libs/crypto/password.h"

#include <time.h>

#include <algorithm>
#include <memory>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/testing/status_matchers.h"

namespace portal::crypto {
namespace {

using ::portal::testing::FailsWith;
using ::testing::StartsWith;

constexpr PasswordCost kCheap = {.passes = 1, .memory_bytes = 8 * 1024};

std::unique_ptr<PasswordHasher> Hasher(const PasswordCost& cost) {
  return *PasswordHasher::Create(cost);
}

TEST(PasswordTest, TheDefaultCostIs19MebibytesAndTwoPasses) {
  const auto hasher = Hasher({});
  ASSERT_OK_AND_ASSIGN(const std::string hash, hasher->Hash("correct horse battery"));
  EXPECT_THAT(hash, StartsWith("$argon2id$v=19$m=19456,t=2,p=1$"));
  EXPECT_FALSE(hasher->NeedsRehash(hash));
  ASSERT_OK_AND_ASSIGN(const bool right, hasher->Verify(hash, "correct horse battery"));
  EXPECT_TRUE(right);
}

TEST(PasswordTest, OnlyTheSamePasswordVerifies) {
  const auto hasher = Hasher(kCheap);
  const std::string password("p\0ssword \xc3\xa9", 12);
  ASSERT_OK_AND_ASSIGN(const std::string hash, hasher->Hash(password));
  EXPECT_EQ(*hasher->Verify(hash, password), true);
  for (const std::string& other :
       {std::string(), std::string("p"), password + " ", password.substr(1), password + password}) {
    ASSERT_OK_AND_ASSIGN(const bool right, hasher->Verify(hash, other));
    EXPECT_FALSE(right);
  }
}

TEST(PasswordTest, EachHashHasItsOwnSalt) {
  const auto hasher = Hasher(kCheap);
  EXPECT_NE(*hasher->Hash("same"), *hasher->Hash("same"));
}

TEST(PasswordTest, HashesOfAnotherCostVerifyAndWantRehashing) {
  const auto cheap = Hasher(kCheap);
  const auto dearer = Hasher({.passes = 2, .memory_bytes = 16 * 1024});
  const std::string old = *cheap->Hash("password");
  EXPECT_TRUE(*dearer->Verify(old, "password"));
  EXPECT_FALSE(*dearer->Verify(old, "passwort"));
  EXPECT_TRUE(dearer->NeedsRehash(old));
  EXPECT_FALSE(cheap->NeedsRehash(old));
}

// The reference implementation's answer to: echo -n password | argon2 somesalt -id -t 2 -m 16 -p 1
TEST(PasswordTest, VerifiesTheReferenceImplementationsHash) {
  const std::string hash =
      "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
  const auto hasher = Hasher(kCheap);
  EXPECT_TRUE(*hasher->Verify(hash, "password"));
  EXPECT_FALSE(*hasher->Verify(hash, "Password"));
}

TEST(PasswordTest, AMalformedHashIsNotAWrongPassword) {
  const auto hasher = Hasher(kCheap);
  const std::string hash = *hasher->Hash("password");
  for (const std::string& broken :
       {std::string(), std::string("password"), std::string("$argon2id$"), hash.substr(0, 40),
        hash + std::string(1, '\0'), hash + std::string(200, 'A'), "$argon2i$" + hash.substr(10)}) {
    EXPECT_THAT(hasher->Verify(broken, "password"),
                FailsWith(absl::StatusCode::kInternal, "INTERNAL"))
        << broken;
    EXPECT_TRUE(hasher->NeedsRehash(broken)) << broken;
  }
}

TEST(PasswordTest, AnImpossibleCostIsRefused) {
  EXPECT_THAT(PasswordHasher::Create({.passes = 0}),
              FailsWith(absl::StatusCode::kInternal, "INTERNAL"));
  EXPECT_THAT(PasswordHasher::Create({.memory_bytes = 1024}),
              FailsWith(absl::StatusCode::kInternal, "INTERNAL"));
}

// The least CPU time of several runs, which neither other programs nor a cold cache stretch.
template <typename Work>
double CpuMillis(Work work) {
  double least = 1e9;
  for (int i = 0; i < 7; ++i) {
    timespec from, to;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &from);
    work();
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &to);
    least = std::min(least, (to.tv_sec - from.tv_sec) * 1e3 + (to.tv_nsec - from.tv_nsec) / 1e6);
  }
  return least;
}

TEST(PasswordTest, AnUnknownAccountFailsAtTheCostOfAKnownOne) {
  const auto hasher = Hasher({});
  const std::string hash = *hasher->Hash("correct horse battery");
  EXPECT_EQ(*hasher->VerifyUnknown("correct horse battery"), false);
  const double known = CpuMillis([&] { EXPECT_FALSE(*hasher->Verify(hash, "wrong")); });
  const double unknown = CpuMillis([&] { EXPECT_FALSE(*hasher->VerifyUnknown("wrong")); });
  EXPECT_LT(known, unknown * 1.5);
  EXPECT_LT(unknown, known * 1.5);
}

}  // namespace
}  // namespace portal::crypto
