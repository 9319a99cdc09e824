#include "services/identity/domain/language.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "libs/status/errors.h"
#include "libs/testing/status_matchers.h"

namespace portal::identity {
namespace {

TEST(LanguageTest, IsOneThatMailsAreWrittenIn) {
  EXPECT_EQ(ParseLanguage("language", "en").value_or(""), "en");
  EXPECT_EQ(ParseLanguage("language", "fr").value_or(""), "fr");
  for (const char* tag : {"", "de", "EN", "fr-CA", "en "}) {
    EXPECT_EQ(status::InvalidFieldsOf(ParseLanguage("language", tag).status()),
              std::vector<std::string>{"language"})
        << tag;
  }
}

TEST(LanguageTest, OfWhoeverDidNotSayIsEnglish) {
  EXPECT_EQ(ParseOptionalLanguage("language", "").value_or(""), "en");
  EXPECT_EQ(ParseOptionalLanguage("language", "fr").value_or(""), "fr");
  EXPECT_FALSE(ParseOptionalLanguage("language", "de").ok());
}

}  // namespace
}  // namespace portal::identity
