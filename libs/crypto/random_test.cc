#include "libs/crypto/random.h"

#include <set>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "libs/crypto/encoding.h"

namespace portal::crypto {
namespace {

TEST(RandomTest, BytesHaveTheirSizeAndDiffer) {
  EXPECT_EQ(RandomBytes(0), "");
  EXPECT_EQ(RandomBytes(33).size(), 33u);
  EXPECT_NE(RandomBytes(16), RandomBytes(16));
}

TEST(RandomTest, EveryByteOfABufferIsFilled) {
  std::vector<bool> seen(64);
  for (int round = 0; round < 20; ++round) {
    const std::string bytes = RandomBytes(seen.size());
    for (size_t i = 0; i < seen.size(); ++i) seen[i] = seen[i] || bytes[i] != '\0';
  }
  for (size_t i = 0; i < seen.size(); ++i) EXPECT_TRUE(seen[i]) << i;
}

TEST(RandomTest, TokensAre256BitsOfBase64UrlAndUnique) {
  std::set<std::string> tokens;
  for (int i = 0; i < 1'000; ++i) {
    const std::string token = RandomToken();
    EXPECT_EQ(token.size(), 43u);
    const auto bytes = Base64UrlDecode(token);
    ASSERT_TRUE(bytes.has_value());
    EXPECT_EQ(bytes->size(), 32u);
    tokens.insert(token);
  }
  EXPECT_EQ(tokens.size(), 1'000u);
}

TEST(UniformBelowTest, ReachesEveryValueBelowTheBoundAndNoOther) {
  for (const uint32_t bound : {1u, 2u, 6u, 10u}) {
    std::set<uint32_t> seen;
    for (int i = 0; i < 1'000; ++i) seen.insert(UniformBelow(bound));
    EXPECT_EQ(seen.size(), bound);
    EXPECT_EQ(*seen.rbegin(), bound - 1);
  }
}

TEST(UniformBelowTest, HasNoModuloBias) {
  // Taking 32 random bits modulo 3 * 2^30 puts half of the values into the lowest third.
  constexpr uint32_t kThird = uint32_t{1} << 30;
  constexpr int kDraws = 20'000;
  int lowest = 0;
  for (int i = 0; i < kDraws; ++i) lowest += UniformBelow(3 * kThird) < kThird ? 1 : 0;
  EXPECT_NEAR(lowest, kDraws / 3, kDraws / 50);  // six standard deviations
}

}  // namespace
}  // namespace portal::crypto
