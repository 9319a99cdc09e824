#include "libs/text/text.h"

#include <string>

#include "libs/testing/fuzz.h"

namespace portal::text {

// Any bytes: the functions end, keep within what they were given and do again what they did.
FUZZ_TARGET(input) {
  const absl::string_view trimmed = Trimmed(input);
  FUZZ_EXPECT(Trimmed(trimmed) == trimmed);
  FUZZ_EXPECT(CharacterCount(trimmed) <= input.size());
  FUZZ_EXPECT(IsBlank(input) == trimmed.empty());

  for (const size_t limit : {size_t{0}, size_t{1}, size_t{7}, input.size()}) {
    const std::string line = OneLine(input, limit);
    FUZZ_EXPECT(CharacterCount(line) <= limit);
    FUZZ_EXPECT(!HasControlCharacter(line, Lines::kOne));
    const absl::string_view cut = CutToBytes(input, limit);
    FUZZ_EXPECT(cut.size() <= limit && input.substr(0, cut.size()) == cut);
  }
  if (!HasControlCharacter(input, Lines::kOne)) {
    FUZZ_EXPECT(!HasControlCharacter(input, Lines::kMany));
  }
  if (const auto composed = ComposedWithin(input, 200); composed.has_value()) {
    FUZZ_EXPECT(CharacterCount(*composed) <= 200);
    FUZZ_EXPECT(ComposedWithin(*composed, 200) == composed);
  }
}

}  // namespace portal::text
