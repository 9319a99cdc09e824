#include "services/identity/domain/mailbox_code.h"

#include <string>

#include "gtest/gtest.h"
#include "libs/status/errors.h"
#include "libs/testing/status_matchers.h"

namespace portal::identity {
namespace {

TEST(MailboxCodeTest, HasSixDigitsWhateverTheNumber) {
  EXPECT_EQ(MailboxCode::OfNumber(0).text(), "000000");
  EXPECT_EQ(MailboxCode::OfNumber(42).text(), "000042");
  EXPECT_EQ(MailboxCode::OfNumber(MailboxCode::kCount - 1).text(), "999999");
}

TEST(MailboxCodeTest, SixDigitsAreOneHoweverTheyAreTyped) {
  for (const char* text : {"007123", "007 123"}) {
    ASSERT_OK_AND_ASSIGN(const MailboxCode code, MailboxCode::Parse("code", text));
    EXPECT_EQ(code.text(), "007123");
  }
}

TEST(MailboxCodeTest, AnythingElseIsRefused) {
  for (const std::string text :
       {"", "12345", "1234567", "12 345", "12345x", "-12345", "１２３４５６", "12345\n"}) {
    EXPECT_EQ(status::InvalidFieldsOf(MailboxCode::Parse("code", text).status()),
              std::vector<std::string>{"code"})
        << text;
  }
}

}  // namespace
}  // namespace portal::identity
