#include "services/access_code/domain/code_words.h"

#include <algorithm>
#include <cstddef>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_join.h"

namespace portal::access_code {
namespace {

// What may stand between words, in UTF-8, none the beginning of another.
constexpr absl::string_view kSeparators[] = {
    // White_Space of the Unicode character database that a text box, a mail or a document yields.
    " ", "\t", "\n", "\v", "\f", "\r",
    "\u00a0",                                                    // no-break space
    "\u2000", "\u2001", "\u2002", "\u2003", "\u2004", "\u2005",  // en quad to four-per-em space
    "\u2006", "\u2007", "\u2008", "\u2009", "\u200a",            // six-per-em space to hair space
    "\u2028", "\u2029", "\u202f", "\u205f", "\u3000",            // separators, narrow, ideographic
    // Dash: the key, and what word processors and phones make of it.
    "-", "\u2010", "\u2011", "\u2012", "\u2013", "\u2014", "\u2015", "\u2212", "\ufe63", "\uff0d",
    // A list read aloud is written down with these.
    ",", "."};

// The length in bytes of the separator that `text` begins with, 0 if with none.
size_t SeparatorBytes(absl::string_view text) {
  for (absl::string_view separator : kSeparators) {
    if (absl::StartsWith(text, separator)) return separator.size();
  }
  return 0;
}

}  // namespace

std::optional<CodeWords> CodeWords::Parse(const WordList& list, absl::string_view typed) {
  if (typed.size() > kMaxCodeBytes) return std::nullopt;
  std::vector<std::string> words(1);
  while (!typed.empty()) {
    if (absl::ascii_isalpha(typed.front())) {
      words.back().push_back(absl::ascii_tolower(typed.front()));
      typed.remove_prefix(1);
    } else if (const size_t separator = SeparatorBytes(typed); separator > 0) {
      if (!words.back().empty()) words.emplace_back();
      typed.remove_prefix(separator);
    } else {
      return std::nullopt;
    }
  }
  if (words.back().empty()) words.pop_back();
  const auto listed = [&](const std::string& word) { return list.Contains(word); };
  if (words.size() != kWordsInCode || !std::all_of(words.begin(), words.end(), listed)) {
    return std::nullopt;
  }
  return CodeWords(absl::StrJoin(words, " "));
}

CodeWords CodeWords::Draw(const WordList& list,
                          absl::FunctionRef<uint32_t(uint32_t)> uniform_below) {
  std::vector<absl::string_view> words;
  for (size_t i = 0; i < kWordsInCode; ++i) words.push_back(list[uniform_below(kWordsInList)]);
  return CodeWords(absl::StrJoin(words, " "));
}

}  // namespace portal::access_code
