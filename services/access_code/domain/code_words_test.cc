#include "services/access_code/domain/code_words.h"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "services/access_code/domain/eff_word_list.h"

namespace portal::access_code {
namespace {

constexpr char kCanonical[] = "abacus kayak zoom yodel acid";

const WordList& List() {
  static const WordList* list = new WordList(EffWordList());
  return *list;
}

std::optional<std::string> Parsed(absl::string_view typed) {
  const std::optional<CodeWords> words = CodeWords::Parse(List(), typed);
  if (!words.has_value()) return std::nullopt;
  return words->text();
}

TEST(CodeWordsTest, OneCodeHasOneTextHoweverItIsTyped) {
  for (const absl::string_view typed : {
           "abacus kayak zoom yodel acid",
           "ABACUS Kayak zOOM yodel ACID",
           "abacus-kayak-zoom-yodel-acid",
           "  abacus   kayak\tzoom\r\nyodel acid \n",
           "abacus, kayak, zoom, yodel, acid.",
           "abacus - kayak -- zoom - yodel - acid",
           "abacus\u00a0kayak\u00a0zoom\u00a0yodel\u00a0acid",  // NBSP
           "abacus\u2013kayak\u2014zoom\u2011yodel\u2212acid",  // en, em, no-break hyphen, minus
           "\u3000abacus\u2003kayak\u202fzoom\u2028yodel\vacid\f",
       }) {
    EXPECT_EQ(Parsed(typed), kCanonical) << typed;
  }
}

TEST(CodeWordsTest, WordsMayRepeatAndTheirOrderMatters) {
  EXPECT_EQ(Parsed("zoom zoom zoom zoom zoom"), "zoom zoom zoom zoom zoom");
  EXPECT_NE(Parsed("acid kayak zoom yodel abacus"), kCanonical);
}

TEST(CodeWordsTest, WhatCannotBeACodeIsNone) {
  for (const absl::string_view typed : {
           "",
           " ",
           "-----",
           "abacus",
           "abacus kayak zoom yodel",               // four
           "abacus kayak zoom yodel acid acid",     // six
           "abacuskayakzoomyodelacid",              // run together
           "abacus kayak zoom yodel acidd",         // not listed
           "abacus kayak zoom yodel aci",           // the beginning of a listed word
           "abacus drop-down zoom yodel acid",      // replaced by kayak
           "abacus felt-tip zoom yodel acid",       // replaced by penguin
           "abacus t-shirt zoom yodel acid",        // replaced by sailboat
           "yo-yo kayak zoom yodel acid",           // replaced by toucan
           "abacus kayak zoom yodel acid!",         // no separator
           "abacus kayak zoom yodel acid 1",        // a digit
           "abacus;kayak;zoom;yodel;acid",          // no separator
           "abacus\u200bkayak zoom yodel acid",     // zero-width space: invisible, so no separator
           "abacus kayak zoom yodel \u0430cid",     // Cyrillic а
           "abacus kayak zoom yodel ac\u0131d",     // dotless i
           "ａbacus kayak zoom yodel acid",         // full width
           "abacus kayak zoom yodel acid\xc2",      // UTF-8 cut short
           "abacus\xa0kayak zoom yodel acid",       // not UTF-8
           "abacus kayak zoom yodel\xe2\x80 acid",  // the beginning of a separator
       }) {
    EXPECT_EQ(Parsed(typed), std::nullopt) << typed;
  }
  EXPECT_EQ(Parsed(absl::string_view("abacus kayak zoom yodel acid\0", 29)), std::nullopt);
}

TEST(CodeWordsTest, ReplacementWordsAreWordsLikeOthers) {
  EXPECT_EQ(Parsed("kayak-penguin-sailboat-toucan-yoyo"), "kayak penguin sailboat toucan yoyo");
}

TEST(CodeWordsTest, TwoHundredBytesAreReadAndOneMoreIsNot) {
  const std::string longest =
      absl::StrCat(kCanonical, std::string(kMaxCodeBytes - sizeof(kCanonical) + 1, ' '));
  ASSERT_EQ(longest.size(), kMaxCodeBytes);
  EXPECT_EQ(Parsed(longest), kCanonical);
  EXPECT_EQ(Parsed(longest + " "), std::nullopt);
}

TEST(CodeWordsTest, DrawTakesTheWordsThatTheGeneratorNames) {
  std::vector<uint32_t> numbers = {0, 2008, 7775, 7748, 0};
  std::vector<uint32_t> bounds;
  size_t next = 0;
  const CodeWords words = CodeWords::Draw(List(), [&](uint32_t bound) {
    bounds.push_back(bound);
    return numbers[next++];
  });
  EXPECT_EQ(words.text(), "abacus kayak zoom yodel abacus");
  EXPECT_EQ(bounds, std::vector<uint32_t>(5, 7776));
}

TEST(CodeWordsTest, WhatIsDrawnParsesToItself) {
  std::mt19937 generator(1);
  const auto uniform = [&](uint32_t bound) {
    return std::uniform_int_distribution<uint32_t>(0, bound - 1)(generator);
  };
  for (int i = 0; i < 1000; ++i) {
    const CodeWords words = CodeWords::Draw(List(), uniform);
    EXPECT_EQ(Parsed(words.text()), words.text());
  }
}

// Pearson's χ² over the word at each place. Fails if a place is skewed, a word left out or one
// favoured; with a fixed seed it cannot fail by chance.
TEST(CodeWordsTest, EachPlaceDrawsEachWordAlike) {
  constexpr int kPerWord = 20;
  std::mt19937 generator(7776);
  const auto uniform = [&](uint32_t bound) {
    return std::uniform_int_distribution<uint32_t>(0, bound - 1)(generator);
  };
  std::vector<std::map<std::string, int>> counts(kWordsInCode);
  for (size_t i = 0; i < kPerWord * kWordsInList; ++i) {
    const CodeWords words = CodeWords::Draw(List(), uniform);
    const std::vector<std::string> parts = absl::StrSplit(words.text(), ' ');
    for (size_t place = 0; place < kWordsInCode; ++place) ++counts[place][parts[place]];
  }
  for (const std::map<std::string, int>& place : counts) {
    double chi_squared = (kWordsInList - place.size()) * double{kPerWord};
    for (const auto& [word, count] : place) {
      chi_squared += std::pow(count - kPerWord, 2) / kPerWord;
    }
    // 7775 degrees of freedom: mean 7775, standard deviation √(2·7775) ≈ 125.
    EXPECT_NEAR(chi_squared, 7775, 5 * 125);
  }
}

}  // namespace
}  // namespace portal::access_code
