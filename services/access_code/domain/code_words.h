#ifndef SERVICES_ACCESS_CODE_DOMAIN_CODE_WORDS_H_
#define SERVICES_ACCESS_CODE_DOMAIN_CODE_WORDS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "services/access_code/domain/word_list.h"

namespace portal::access_code {

// The secret that an access code is: five words of the list. Never logged, printed or stored; only
// CodeDigester and the answer that shows a new code look at its text.
class CodeWords {
 public:
  // What a person typed. Letter case does not matter (A to Z only), nor what separates the words
  // and how much of it: Unicode white space, hyphens and dashes, commas, full stops, in front and
  // behind too. Nothing if it cannot be a code: not exactly five words, one that is not listed,
  // more than kMaxCodeBytes. Pure, and total over all bytes.
  static std::optional<CodeWords> Parse(const WordList& list, absl::string_view typed);

  // New words. `uniform_below(n)` returns an independent, uniform, unpredictable number below n.
  static CodeWords Draw(const WordList& list, absl::FunctionRef<uint32_t(uint32_t)> uniform_below);

  // The one spelling: lower case, separated by single spaces.
  const std::string& text() const { return text_; }

 private:
  explicit CodeWords(std::string text) : text_(std::move(text)) {}

  std::string text_;
};

}  // namespace portal::access_code

#endif  // SERVICES_ACCESS_CODE_DOMAIN_CODE_WORDS_H_
