#include "services/identity/domain/password_policy.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "libs/testing/status_matchers.h"

namespace portal::identity {
namespace {

constexpr char kCommon[] =
    "#!comment: a licence\n"
    "123456\n"
    "Password\r\n"
    "\n"
    "tequieromucho\n"
    "#1lovers\n";

std::string RuleOf(absl::string_view password) {
  const absl::StatusOr<PasswordPolicy> policy = PasswordPolicy::Create(kCommon);
  if (!policy.ok()) return policy.status().ToString();
  const absl::Status status = policy->Check(password);
  if (status.ok()) return "";
  EXPECT_THAT(status,
              testing::FailsWith(absl::StatusCode::kInvalidArgument, "PASSWORD_UNACCEPTABLE"));
  return status::MetadataOf(status)["rule"];
}

TEST(PasswordPolicyTest, TwelveTo128Characters) {
  EXPECT_EQ(RuleOf(""), "too_short");
  EXPECT_EQ(RuleOf("elevenchars"), "too_short");
  EXPECT_EQ(RuleOf("twelve chars"), "");
  EXPECT_EQ(RuleOf(std::string(128, 'q')), "");
  EXPECT_EQ(RuleOf(std::string(129, 'q')), "too_long");
}

TEST(PasswordPolicyTest, LengthIsCountedInCharactersNotBytes) {
  std::string eleven, one_hundred_and_twenty_eight;
  for (int i = 0; i < 11; ++i) absl::StrAppend(&eleven, "\xF0\x9F\x8C\xB7");
  for (int i = 0; i < 128; ++i) absl::StrAppend(&one_hundred_and_twenty_eight, "\xF0\x9F\x8C\xB7");
  EXPECT_EQ(RuleOf(eleven), "too_short");
  EXPECT_EQ(RuleOf(one_hundred_and_twenty_eight), "");
}

TEST(PasswordPolicyTest, CommonPasswordsAreRefusedWithoutRegardToCase) {
  EXPECT_EQ(RuleOf("tequieromucho"), "common");
  EXPECT_EQ(RuleOf("TeQuieroMucho"), "common");
}

TEST(PasswordPolicyTest, CommonPasswordsWithDigitsAndSignsAroundAreCommon) {
  EXPECT_EQ(RuleOf("Password1234!"), "common");
  EXPECT_EQ(RuleOf("2026-password"), "common");
  EXPECT_EQ(RuleOf("  tequieromucho  "), "common");
}

TEST(PasswordPolicyTest, OthersAreAccepted) {
  EXPECT_EQ(RuleOf("correct horse battery staple"), "");
  EXPECT_EQ(RuleOf("my password is long"), "");
  EXPECT_EQ(RuleOf("#!comment: a licence"), "");
  EXPECT_EQ(RuleOf("8302 5571 9462 0037"), "");
}

TEST(PasswordPolicyTest, AnEmptyListIsAMistake) {
  EXPECT_FALSE(PasswordPolicy::Create("").ok());
  EXPECT_FALSE(PasswordPolicy::Create("#!comment: nothing else\n\n").ok());
}

TEST(PasswordPolicyTest, WhatNobodyCouldHaveChosenIsNotWorthHashing) {
  EXPECT_OK(PasswordPolicy::CheckLength("password", "x"));
  EXPECT_OK(PasswordPolicy::CheckLength("password", std::string(128, 'x')));
  for (const std::string& password : {std::string(), std::string(129, 'x')}) {
    EXPECT_THAT(PasswordPolicy::CheckLength("password", password),
                testing::FailsWith(absl::StatusCode::kInvalidArgument, "INVALID_FIELD"));
  }
}

}  // namespace
}  // namespace portal::identity
