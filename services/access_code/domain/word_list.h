#ifndef SERVICES_ACCESS_CODE_DOMAIN_WORD_LIST_H_
#define SERVICES_ACCESS_CODE_DOMAIN_WORD_LIST_H_

#include <array>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/access_code/domain/limits.h"

namespace portal::access_code {

// The words codes are made of: the EFF's long word list (https://www.eff.org/dice, CC BY 3.0), with
// its four hyphenated words replaced, so that hyphens only ever separate words.
class WordList {
 public:
  struct Replacement {
    absl::string_view hyphenated;
    absl::string_view word;
  };
  // Not in the list, no beginning of a listed word nor begun by one, and three letters away from
  // the nearest.
  static constexpr std::array<Replacement, 4> kReplacements{{{"drop-down", "kayak"},
                                                             {"felt-tip", "penguin"},
                                                             {"t-shirt", "sailboat"},
                                                             {"yo-yo", "toucan"}}};

  // Reads the list as it is published: a word a line, perhaps after its dice throw
  // ("11111\tabacus"). FAILED_PRECONDITION, with a message for the operator, unless these are
  // exactly kWordsInList distinct words of small letters.
  static absl::StatusOr<WordList> Parse(absl::string_view file_content);

  // `index` is below kWordsInList.
  const std::string& operator[](size_t index) const { return words_[index]; }
  bool Contains(absl::string_view word) const { return set_.contains(word); }

 private:
  WordList(std::vector<std::string> words, absl::flat_hash_set<std::string> set)
      : words_(std::move(words)), set_(std::move(set)) {}

  std::vector<std::string> words_;
  absl::flat_hash_set<std::string> set_;
};

}  // namespace portal::access_code

#endif  // SERVICES_ACCESS_CODE_DOMAIN_WORD_LIST_H_
