#include "services/identity/domain/email.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "libs/testing/status_matchers.h"

namespace portal::identity {
namespace {

TEST(EmailTest, KeepsTheSpellingAndComparesWithoutCase) {
  ASSERT_OK_AND_ASSIGN(const Email email,
                       Email::Parse("email", "Anna.Van-Dijk+portal@Example.ORG"));
  EXPECT_EQ(email.text(), "Anna.Van-Dijk+portal@Example.ORG");
  EXPECT_EQ(email.normalized(), "anna.van-dijk+portal@example.org");
}

TEST(EmailTest, WhatIsNoAddressIsRefused) {
  for (const char* text : {"", "anna", "a@b", "(anna@example.org)", "anna@example.org:"}) {
    EXPECT_THAT(Email::Parse("email", text),
                testing::FailsWith(absl::StatusCode::kInvalidArgument, "INVALID_FIELD"))
        << text;
  }
}

TEST(EmailTest, ViolationNamesTheField) {
  EXPECT_EQ(status::InvalidFieldsOf(Email::Parse("owner_email", "nobody").status()),
            std::vector<std::string>{"owner_email"});
}

}  // namespace
}  // namespace portal::identity
