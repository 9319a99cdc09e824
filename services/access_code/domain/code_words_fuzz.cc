#include "services/access_code/domain/code_words.h"

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "libs/testing/fuzz.h"
#include "services/access_code/domain/eff_word_list.h"

namespace portal::access_code {

// Five listed words or nothing, and one spelling for each code.
FUZZ_TARGET(typed) {
  static const WordList* const list = new WordList(EffWordList());
  const std::optional<CodeWords> words = CodeWords::Parse(*list, typed);
  if (!words.has_value()) return;
  const std::vector<std::string> parts = absl::StrSplit(words->text(), ' ');
  FUZZ_EXPECT(parts.size() == 5);
  for (const std::string& part : parts) FUZZ_EXPECT(list->Contains(part));
  const std::optional<CodeWords> again = CodeWords::Parse(*list, words->text());
  FUZZ_EXPECT(again.has_value() && again->text() == words->text());
}

}  // namespace portal::access_code
