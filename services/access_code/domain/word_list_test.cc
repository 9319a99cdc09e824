#include "services/access_code/domain/word_list.h"

#include <cstddef>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/testing/status_matchers.h"
#include "services/access_code/domain/eff_word_list.h"

namespace portal::access_code {
namespace {

absl::StatusCode CodeOf(const std::string& file) { return WordList::Parse(file).status().code(); }

TEST(WordListTest, TheEffListHasAllItsWordsInOrder) {
  const WordList list = EffWordList();
  EXPECT_EQ(list[0], "abacus");
  EXPECT_EQ(list[kWordsInList - 1], "zoom");
  EXPECT_TRUE(list.Contains("zoologist"));
  EXPECT_FALSE(list.Contains("Abacus"));
  EXPECT_FALSE(list.Contains(""));
}

TEST(WordListTest, ReplacementsStandWhereTheHyphenatedWordsStood) {
  const WordList list = EffWordList();
  EXPECT_EQ(list[2008], "kayak");
  EXPECT_EQ(list[2527], "penguin");
  EXPECT_EQ(list[6639], "sailboat");
  EXPECT_EQ(list[7747], "toucan");
  for (const WordList::Replacement& replacement : WordList::kReplacements) {
    EXPECT_FALSE(list.Contains(replacement.hyphenated));
  }
}

TEST(WordListTest, NoReplacementBeginsOrIsBegunByAListedWord) {
  const WordList list = EffWordList();
  for (const WordList::Replacement& replacement : WordList::kReplacements) {
    for (size_t i = 0; i < kWordsInList; ++i) {
      if (list[i] == replacement.word) continue;
      EXPECT_FALSE(absl::StartsWith(list[i], replacement.word)) << list[i];
      EXPECT_FALSE(absl::StartsWith(replacement.word, list[i])) << list[i];
    }
  }
}

TEST(WordListTest, AcceptsAListWithoutDiceThrowsAndWithWindowsLineEnds) {
  std::string plain;
  const WordList list = EffWordList();
  for (size_t i = 0; i < kWordsInList; ++i) absl::StrAppend(&plain, list[i], "\r\n");
  EXPECT_OK(WordList::Parse(plain));
}

TEST(WordListTest, AListWithAWordMissingIsUnusable) {
  EXPECT_EQ(CodeOf(absl::StrReplaceAll(ReadEffWordListFile(), {{"11111\tabacus\n", ""}})),
            absl::StatusCode::kFailedPrecondition);
}

TEST(WordListTest, AListWithAWordTooManyIsUnusable) {
  EXPECT_EQ(CodeOf(ReadEffWordListFile() + "77777\tzyzzyva\n"),
            absl::StatusCode::kFailedPrecondition);
}

TEST(WordListTest, AListWithAWordTwiceIsUnusable) {
  EXPECT_EQ(CodeOf(absl::StrReplaceAll(ReadEffWordListFile(), {{"\tabacus\n", "\tzoom\n"}})),
            absl::StatusCode::kFailedPrecondition);
}

TEST(WordListTest, AListThatHoldsAReplacementWordItselfIsUnusable) {
  EXPECT_EQ(CodeOf(absl::StrReplaceAll(ReadEffWordListFile(), {{"\tabacus\n", "\tkayak\n"}})),
            absl::StatusCode::kFailedPrecondition);
}

TEST(WordListTest, AListWithAnythingButSmallLettersIsUnusable) {
  for (const char* word : {"Abacus", "aba-cus", "abacus1", "äbacus"}) {
    EXPECT_EQ(CodeOf(absl::StrReplaceAll(ReadEffWordListFile(),
                                         {{"\tabacus\n", absl::StrCat("\t", word, "\n")}})),
              absl::StatusCode::kFailedPrecondition)
        << word;
  }
}

TEST(WordListTest, AnEmptyFileIsUnusable) {
  EXPECT_EQ(CodeOf(""), absl::StatusCode::kFailedPrecondition);
}

}  // namespace
}  // namespace portal::access_code
