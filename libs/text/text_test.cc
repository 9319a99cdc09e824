#include "libs/text/text.h"

#include <chrono>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "libs/status/errors.h"
#include "libs/testing/status_matchers.h"

namespace portal::text {
namespace {

TEST(CharacterCountTest, CountsCodePointsNotBytes) {
  EXPECT_EQ(CharacterCount(""), 0);
  EXPECT_EQ(CharacterCount("Zoë"), 3);
  EXPECT_EQ(CharacterCount("€"), 1);
  EXPECT_EQ(CharacterCount("👩‍⚕️"),
            4);  // woman, joiner, staff of Aesculapius, variation selector
}

TEST(CharacterCountTest, EveryByteThatIsNoUtf8CountsAsOne) {
  EXPECT_EQ(CharacterCount("\xFF\xC3"), 2);
  EXPECT_EQ(CharacterCount("\xE2\x82"), 2);
  EXPECT_EQ(CharacterCount("\x80\x80\x80"), 3);
  EXPECT_EQ(CharacterCount("\xF8\x88\x80\x80\x80"), 5);
}

TEST(TrimmedTest, TakesUnicodeWhiteSpaceFromBothEndsOnly) {
  EXPECT_EQ(Trimmed(" \t\n Anna Maria \r\n"), "Anna Maria");
  EXPECT_EQ(Trimmed("\u00A0\u3000Ana\u2003"), "Ana");
  EXPECT_EQ(Trimmed("Ana\u00A0María"), "Ana\u00A0María");
  EXPECT_EQ(Trimmed("\uFEFFé\u200B"), "é");
  // Joiners and letters whose last byte looks like white space stay.
  EXPECT_EQ(Trimmed("\u200D"), "\u200D");
  EXPECT_EQ(Trimmed("à"), "à");
}

TEST(IsBlankTest, KnowsEveryWhiteSpaceCharacter) {
  for (const char* space :
       {"",       " ",      "\t",     "\n",     "\v",     "\f",     "\r",     "\u0085",
        "\u00A0", "\u1680", "\u2000", "\u2001", "\u2002", "\u2003", "\u2004", "\u2005",
        "\u2006", "\u2007", "\u2008", "\u2009", "\u200A", "\u200B", "\u2028", "\u2029",
        "\u202F", "\u205F", "\u2060", "\u3000", "\uFEFF"}) {
    EXPECT_TRUE(IsBlank(space)) << ::testing::PrintToString(space);
  }
  for (const char* visible : {"-", "\u180E", "\u2010", "0", "\xA0", "\xC2"}) {
    EXPECT_FALSE(IsBlank(visible)) << ::testing::PrintToString(visible);
  }
}

TEST(HasControlCharacterTest, AllowsTabsAndLineEndsInTextOfSeveralLinesOnly) {
  for (const char* text : {"a\tb", "a\nb", "a\r\nb"}) {
    EXPECT_TRUE(HasControlCharacter(text, Lines::kOne)) << text;
    EXPECT_FALSE(HasControlCharacter(text, Lines::kMany)) << text;
  }
  for (const std::string& text :
       {std::string("\0", 1), std::string("\x1B[2J"), std::string("\x7F"), std::string("\u0080"),
        std::string("\u009F"), std::string("\v")}) {
    EXPECT_TRUE(HasControlCharacter(text, Lines::kOne)) << ::testing::PrintToString(text);
    EXPECT_TRUE(HasControlCharacter(text, Lines::kMany)) << ::testing::PrintToString(text);
  }
  EXPECT_FALSE(HasControlCharacter("Łódź, שלום, 漢字, \u00A0", Lines::kOne));
}

TEST(CheckTextTest, TakesExactlyTheMaximumOfCharacters) {
  std::string text;
  for (int i = 0; i < 10; ++i) text += "é";
  status::FieldViolations violations;
  CheckText(text, 10, "field", violations);
  EXPECT_TRUE(violations.empty());
  CheckText(text + "é", 10, "field", violations);
  EXPECT_THAT(status::InvalidFieldsOf(violations.ToStatus()), ::testing::ElementsAre("field"));
}

std::string Repeated(absl::string_view text, int times) {
  std::string repeated;
  for (int i = 0; i < times; ++i) repeated.append(text.data(), text.size());
  return repeated;
}

TEST(ComposedWithinTest, WhatLooksTheSameIsTheSameBytes) {
  EXPECT_EQ(ComposedWithin("Zoe\u0308", 10), "Zoë");
  EXPECT_EQ(ComposedWithin("Zoë", 10), "Zoë");
  EXPECT_EQ(ComposedWithin("\u1112\u1161\u11AB", 10), "한");
  EXPECT_EQ(ComposedWithin("q\u0323\u0307", 10), ComposedWithin("q\u0307\u0323", 10));
  EXPECT_EQ(ComposedWithin("", 0), "");
}

TEST(ComposedWithinTest, WhatOnlyMeansTheSameStaysAsWritten) {
  EXPECT_EQ(ComposedWithin("ﬁ ² Ⅳ", 10), "ﬁ ² Ⅳ");
}

TEST(ComposedWithinTest, ItIsTheComposedTextThatIsMeasured) {
  // From one character to two, from four to one.
  EXPECT_EQ(ComposedWithin("\u0958", 2), "\u0915\u093C");
  EXPECT_EQ(ComposedWithin("\u0958", 1), std::nullopt);
  const std::string taken_apart = "\u03B1\u0313\u0300\u0345";
  EXPECT_EQ(ComposedWithin(Repeated(taken_apart, 200), 200), Repeated("\u1F82", 200));
  EXPECT_EQ(ComposedWithin(Repeated(taken_apart, 201), 200), std::nullopt);
  EXPECT_EQ(ComposedWithin(Repeated("é", 200), 200), Repeated("é", 200));
  EXPECT_EQ(ComposedWithin(Repeated("é", 201), 200), std::nullopt);
}

TEST(ComposedWithinTest, WhatWouldTakeMinutesIsNotComposed) {
  // Half a million marks that all have to be sorted take ICU minutes.
  const std::string marks = Repeated("\u0301\u0323", 250'000);
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(ComposedWithin(marks, 200), std::nullopt);
  // The longest that is composed.
  EXPECT_EQ(ComposedWithin(Repeated("\u0301\u0323", 400), 200), std::nullopt);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(1));
}

TEST(OneLineTest, HasNoControlCharacterAndNoMoreThanTheMaximumOfCharacters) {
  EXPECT_EQ(OneLine("  Ana\r\nBcc: x\u0085\u009F\u007F ", 100), "Ana  Bcc: x");
  EXPECT_EQ(OneLine("ééé", 3), "ééé");
  EXPECT_EQ(OneLine("éééé", 3), "ééé");
  EXPECT_EQ(OneLine("é é", 2), "é");
  EXPECT_EQ(OneLine("\xff\xfe\x80", 2), "\xff\xfe");
  EXPECT_EQ(OneLine("\u200B\t", 5), "");
}

TEST(CutToBytesTest, CutsBetweenCharacters) {
  EXPECT_EQ(CutToBytes("aé", 3), "aé");
  EXPECT_EQ(CutToBytes("aé", 2), "a");
  EXPECT_EQ(CutToBytes("👩", 3), "");
  EXPECT_EQ(CutToBytes("abc", 2), "ab");
}

}  // namespace
}  // namespace portal::text
