#include "libs/email/address.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "libs/status/errors.h"
#include "libs/testing/status_matchers.h"

namespace portal::email {
namespace {

const auto kRefused = testing::FailsWith(absl::StatusCode::kInvalidArgument, "INVALID_FIELD");

TEST(CheckAddressTest, DotStringsAtDomainsAreAddresses) {
  for (const char* text : {"a@b.co", "o'neil+portal@mail.example.org", "Zoe.O'Neil@Example.ORG",
                           "!#$%&'*+-/=?^_`{|}~@example.org", "x@xn--bcher-kva.example", "1@1.2",
                           "a.b.c@d.e.f.example"}) {
    EXPECT_OK(CheckAddress("email", text)) << text;
  }
}

TEST(CheckAddressTest, WhatHasNotBothSidesIsNone) {
  for (const char* text :
       {"", "@", "zoe", "zoe@", "@example.org", "zoe@a@b", "zoe@example.org@", "zoe@b.co@c.co"}) {
    EXPECT_THAT(CheckAddress("email", text), kRefused) << text;
  }
}

TEST(CheckAddressTest, DotsSeparateAndDomainsHaveTwoLabelsAtLeast) {
  for (const char* text : {".a@b.co", "a.@b.co", "a..b@b.co", "a@b", "a@b.", "a@.b.co", "a@b..co",
                           "a@-b.co", "a@b-.co", "a@b_c.co", "a@b.co:", "a@[192.0.2.1]"}) {
    EXPECT_THAT(CheckAddress("email", text), kRefused) << text;
  }
}

TEST(CheckAddressTest, NothingThatCouldEndAHeaderOrACommandIsAnAddress) {
  for (const char* text :
       {"zoe@example.org\r\nBcc: all@example.org", "zoe@example.org\n", " zoe@example.org",
        "zoe@example.org ", "zoe\t@example.org", "zoe @example.org", "zoe@exa mple.org",
        "zoe@exa\nmple.org", "<zoe@example.org>", "zoe@example.org>", "Zoe <zoe@example.org>",
        "\"zoe\"@example.org", "zoe,ann@example.org", "zoe@b,c.org", "zoe@example.org;",
        "(anna@example.org)", "zoe(x)@example.org", "anna@example.org:", "anna:x@example.org"}) {
    EXPECT_THAT(CheckAddress("email", text), kRefused) << text;
  }
  EXPECT_THAT(CheckAddress("email", absl::string_view("a\0b@c.co", 8)), kRefused);
}

TEST(CheckAddressTest, OnlyAsciiIsTaken) {
  for (const char* text : {"zo\xC3\xAB@example.org", "a@b\xC3\xBC.example",
                           "\xE2\x84\xAA@example.org", "zo\xff@example.org"}) {
    EXPECT_THAT(CheckAddress("email", text), kRefused) << text;
  }
}

TEST(CheckAddressTest, LengthsAreLimitedExactly) {
  const std::string local(kMaxLocalBytes, 'a');
  const std::string label(kMaxDomainLabelBytes, 'b');
  // 64 + 1 + 63 + 1 + 63 + 1 + 61 = 254.
  const std::string longest = absl::StrCat(local, "@", label, ".", label, ".");
  const std::string end(kMaxAddressBytes - longest.size(), 'c');
  EXPECT_OK(CheckAddress("email", absl::StrCat(longest, end)));
  EXPECT_THAT(CheckAddress("email", absl::StrCat(longest, end, "c")), kRefused);
  EXPECT_OK(CheckAddress("email", absl::StrCat(local, "@b.co")));
  EXPECT_THAT(CheckAddress("email", absl::StrCat(local, "a@b.co")), kRefused);
  EXPECT_OK(CheckAddress("email", absl::StrCat("a@", label, ".co")));
  EXPECT_THAT(CheckAddress("email", absl::StrCat("a@", label, "b.co")), kRefused);
}

TEST(CheckAddressTest, TheViolationNamesTheField) {
  EXPECT_EQ(status::InvalidFieldsOf(CheckAddress("owner_email", "nobody")),
            std::vector<std::string>{"owner_email"});
}

}  // namespace
}  // namespace portal::email
