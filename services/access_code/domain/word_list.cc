#include "services/access_code/domain/word_list.h"

#include <algorithm>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace portal::access_code {
namespace {

absl::Status Unusable(absl::string_view why) {
  return absl::FailedPreconditionError(absl::StrCat("the word list is unusable: ", why));
}

// The word of a line, or "" if the line has none.
absl::string_view WordOfLine(absl::string_view line) {
  const std::vector<absl::string_view> columns =
      absl::StrSplit(line, absl::ByAnyChar(" \t\r"), absl::SkipEmpty());
  return columns.empty() ? absl::string_view() : columns.back();
}

absl::string_view Replace(absl::string_view word) {
  for (const WordList::Replacement& replacement : WordList::kReplacements) {
    if (word == replacement.hyphenated) return replacement.word;
  }
  return word;
}

}  // namespace

absl::StatusOr<WordList> WordList::Parse(absl::string_view file_content) {
  std::vector<std::string> words;
  absl::flat_hash_set<std::string> set;
  for (absl::string_view line : absl::StrSplit(file_content, '\n')) {
    const absl::string_view word = Replace(WordOfLine(line));
    if (word.empty()) continue;
    if (!std::all_of(word.begin(), word.end(), absl::ascii_islower)) {
      return Unusable(absl::StrCat("line ", words.size() + 1, " is not a word of small letters"));
    }
    if (!set.emplace(word).second) return Unusable(absl::StrCat("'", word, "' is there twice"));
    words.emplace_back(word);
  }
  if (words.size() != kWordsInList) {
    return Unusable(absl::StrCat("it has ", words.size(), " words, not ", kWordsInList));
  }
  return WordList(std::move(words), std::move(set));
}

}  // namespace portal::access_code
