#include "services/identity/domain/second_factor.h"

#include "gtest/gtest.h"
#include "libs/testing/status_matchers.h"

namespace portal::identity {
namespace {

using testing::FailsWith;

TEST(SecondFactorCodeTest, TakesDigitsAndRecoveryCodesHoweverTheyAreTyped) {
  for (const char* text : {"123456", "123 456", " 12-34-56 "}) {
    ASSERT_OK_AND_ASSIGN(const SecondFactorCode code, SecondFactorCode::Parse("code", text));
    EXPECT_TRUE(code.is_totp());
    EXPECT_EQ(code.text(), "123456");
  }
  for (const char* text : {"k3vd-2mxq-w2rt-h7ne", "K3VD 2MXQ W2RT H7NE", "k3vd2mxqw2rth7ne"}) {
    ASSERT_OK_AND_ASSIGN(const SecondFactorCode code, SecondFactorCode::Parse("code", text));
    EXPECT_FALSE(code.is_totp());
    EXPECT_EQ(code.text(), "k3vd2mxqw2rth7ne");
  }
}

TEST(SecondFactorCodeTest, RefusesWhatCannotBeOne) {
  for (const std::string text :
       {"", "12345", "1234567", "12345a", "k3vd-2mxq-w2rt-h7n", "k3vd-2mxq-w2rt-h7ne2",
        "k3vd-1mxq-w2rt-h7ne", "k3vd_2mxq_w2rt_h7ne", "１２３４５６"}) {
    EXPECT_THAT(SecondFactorCode::Parse("code", text),
                FailsWith(absl::StatusCode::kInvalidArgument, "INVALID_FIELD"))
        << text;
  }
  EXPECT_THAT(SecondFactorCode::Parse("code", std::string(1000, ' ') + "123456"),
              FailsWith(absl::StatusCode::kInvalidArgument, "INVALID_FIELD"));
}

TEST(SecondFactorCodeTest, MayBeLeftOutWhereThatIsSaid) {
  ASSERT_OK_AND_ASSIGN(const std::optional<SecondFactorCode> none,
                       SecondFactorCode::ParseOptional("code", ""));
  EXPECT_FALSE(none.has_value());
  ASSERT_OK_AND_ASSIGN(const std::optional<SecondFactorCode> code,
                       SecondFactorCode::ParseOptional("code", "123 456"));
  EXPECT_EQ(code->text(), "123456");
  EXPECT_THAT(SecondFactorCode::ParseOptional("code", " "),
              FailsWith(absl::StatusCode::kInvalidArgument, "INVALID_FIELD"));
}

TEST(SecondFactorCodeTest, IsShownInGroups) {
  EXPECT_EQ(WithHyphens("k3vd2mxqw2rth7ne"), "k3vd-2mxq-w2rt-h7ne");
}

TEST(SixDigitsTest, AreDigitsOnly) {
  EXPECT_EQ(*SixDigits("code", "012 345"), "012345");
  EXPECT_THAT(SixDigits("code", "k3vd-2mxq-w2rt-h7ne"),
              FailsWith(absl::StatusCode::kInvalidArgument, "INVALID_FIELD"));
  EXPECT_THAT(SixDigits("code", "12345"),
              FailsWith(absl::StatusCode::kInvalidArgument, "INVALID_FIELD"));
}

}  // namespace
}  // namespace portal::identity
