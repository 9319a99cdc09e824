#include "libs/crypto/totp.h"

#include "gtest/gtest.h"
#include "libs/testing/status_matchers.h"

namespace portal::crypto {
namespace {

// RFC 6238, appendix B, with the last six of its eight digits.
constexpr char kSecret[] = "12345678901234567890";

TEST(TotpTest, MakesTheCodesOfTheStandard) {
  const std::pair<int64_t, const char*> vectors[] = {
      {59, "287082"},         {1111111109, "081804"}, {1111111111, "050471"},
      {1234567890, "005924"}, {2000000000, "279037"}, {20000000000, "353130"}};
  for (const auto& [seconds, code] : vectors) {
    EXPECT_EQ(*TotpCode(kSecret, TotpStepAt(absl::FromUnixSeconds(seconds))), code) << seconds;
  }
}

TEST(TotpTest, AcceptsTheStepsBesideTheCurrentOneAndNoOther) {
  const absl::Time now = absl::FromUnixSeconds(1'772'355'600);
  const int64_t current = TotpStepAt(now);
  for (int64_t step = current - 3; step <= current + 3; ++step) {
    ASSERT_OK_AND_ASSIGN(const std::string code, TotpCode(kSecret, step));
    ASSERT_OK_AND_ASSIGN(const std::optional<int64_t> match, MatchTotp(kSecret, code, now));
    if (step >= current - 1 && step <= current + 1) {
      EXPECT_EQ(match, step);
    } else {
      EXPECT_EQ(match, std::nullopt) << step;
    }
  }
}

TEST(TotpTest, StepsBeginEveryThirtySeconds) {
  const absl::Time begin = absl::FromUnixSeconds(30 * 59'078'520);
  EXPECT_EQ(TotpStepAt(begin), 59'078'520);
  EXPECT_EQ(TotpStepAt(begin + kTotpStep - absl::Microseconds(1)), 59'078'520);
  EXPECT_EQ(TotpStepAt(begin - absl::Microseconds(1)), 59'078'519);
}

TEST(TotpTest, OtherSecretsAndLengthsDoNotMatch) {
  const absl::Time now = absl::FromUnixSeconds(59);
  EXPECT_EQ(*MatchTotp("09876543210987654321", "287082", now), std::nullopt);
  EXPECT_EQ(*MatchTotp(kSecret, "28708", now), std::nullopt);
  EXPECT_EQ(*MatchTotp(kSecret, "2870820", now), std::nullopt);
  EXPECT_EQ(*MatchTotp(kSecret, "", now), std::nullopt);
  EXPECT_FALSE(TotpCode("too short", 1).ok());
}

TEST(Base32Test, EncodesTheVectorsOfTheStandard) {
  EXPECT_EQ(Base32Encode(""), "");
  EXPECT_EQ(Base32Encode("f"), "MY");
  EXPECT_EQ(Base32Encode("fo"), "MZXQ");
  EXPECT_EQ(Base32Encode("foo"), "MZXW6");
  EXPECT_EQ(Base32Encode("foob"), "MZXW6YQ");
  EXPECT_EQ(Base32Encode("fooba"), "MZXW6YTB");
  EXPECT_EQ(Base32Encode("foobar"), "MZXW6YTBOI");
}

}  // namespace
}  // namespace portal::crypto
