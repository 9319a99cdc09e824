#include "services/identity/domain/text.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "libs/testing/status_matchers.h"

namespace portal::identity {
namespace {

std::string Repeat(absl::string_view text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) absl::StrAppend(&all, text);
  return all;
}

TEST(TextTest, DisplayNamesHaveOneTo200Characters) {
  EXPECT_OK(CheckDisplayName("name", "Z"));
  EXPECT_OK(CheckDisplayName("name",
                             "Dr. Zo\xC3\xAB O'Brien-N\xC3\xBA\xC3\xB1"
                             "ez"));
  EXPECT_OK(CheckDisplayName("name", Repeat("\xC3\xAB", 200)));
  for (const std::string& name :
       {std::string(), std::string("   "), Repeat("\xC3\xAB", 201), std::string("a\nb"),
        std::string("a\tb"), std::string("a\x7F"), std::string("a\0b", 3)}) {
    EXPECT_THAT(CheckDisplayName("name", name),
                testing::FailsWith(absl::StatusCode::kInvalidArgument, "INVALID_FIELD"))
        << name;
  }
}

}  // namespace
}  // namespace portal::identity
