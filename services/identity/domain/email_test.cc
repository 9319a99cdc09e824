#include "services/identity/domain/email.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "libs/testing/status_matchers.h"

namespace portal::identity {
namespace {

using testing::FailsWith;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

TEST(EmailTest, KeepsTheSpellingAndComparesWithoutCase) {
  ASSERT_OK_AND_ASSIGN(const Email email,
                       Email::Parse("email", "Anna.Van-Dijk+portal@Example.ORG"));
  EXPECT_EQ(email.text(), "Anna.Van-Dijk+portal@Example.ORG");
  EXPECT_EQ(email.normalized(), "anna.van-dijk+portal@example.org");
}

TEST(EmailTest, AcceptsDotStringsAtDomains) {
  for (const char* text : {"a@b.co", "o'brien@example.org", "!#$%&'*+-/=?^_`{|}~@example.org",
                           "x@xn--bcher-kva.example", "1@1.2", "a.b.c@d.e.f.example"}) {
    EXPECT_THAT(Email::Parse("email", text), testing::IsOk()) << text;
  }
}

TEST(EmailTest, RefusesWhatIsNotAnAddress) {
  for (const std::string text : {"",
                                 "@",
                                 "a",
                                 "a@",
                                 "@b.co",
                                 "a@b",
                                 "a@b.",
                                 "a@.b.co",
                                 "a@b..co",
                                 ".a@b.co",
                                 "a.@b.co",
                                 "a..b@b.co",
                                 "a@b@c.co",
                                 "a b@c.co",
                                 "a@b c.co",
                                 "a@b.co ",
                                 " a@b.co",
                                 "a@b.co\n",
                                 "a@b.co\r\nBcc: x@y.zz",
                                 "\"a\"@b.co",
                                 "a@[1.2.3.4]",
                                 "a@-b.co",
                                 "a@b-.co",
                                 "a@b_c.co",
                                 "a,b@c.co",
                                 "<a@b.co>",
                                 "Anna <a@b.co>",
                                 "jos\xC3\xA9@example.org",
                                 "a@b\xC3\xBC"
                                 "cher.example",
                                 "\xE2\x84\xAA@example.org"}) {
    EXPECT_THAT(Email::Parse("email", text), FailsWith(kInvalid, "INVALID_FIELD")) << text;
  }
}

TEST(EmailTest, RefusesNul) {
  EXPECT_THAT(Email::Parse("email", absl::string_view("a\0b@c.co", 8)),
              FailsWith(kInvalid, "INVALID_FIELD"));
}

TEST(EmailTest, LengthIsLimitedTo254BytesAnd64BeforeTheAt) {
  const std::string local(64, 'a');
  const std::string label(63, 'b');
  // 64 + 1 + 63 + 1 + 63 + 1 + 61 = 254.
  const std::string domain = absl::StrCat(label, ".", label, ".", std::string(61, 'c'));
  EXPECT_THAT(Email::Parse("email", absl::StrCat(local, "@", domain)), testing::IsOk());
  EXPECT_THAT(Email::Parse("email", absl::StrCat(local, "@", domain, "c")),
              FailsWith(kInvalid, "INVALID_FIELD"));
  EXPECT_THAT(Email::Parse("email", absl::StrCat(local, "a@b.co")),
              FailsWith(kInvalid, "INVALID_FIELD"));
  EXPECT_THAT(Email::Parse("email", absl::StrCat("a@", label, "b.co")),
              FailsWith(kInvalid, "INVALID_FIELD"));
}

TEST(EmailTest, ViolationNamesTheField) {
  EXPECT_EQ(status::InvalidFieldsOf(Email::Parse("owner_email", "nobody").status()),
            std::vector<std::string>{"owner_email"});
}

}  // namespace
}  // namespace portal::identity
