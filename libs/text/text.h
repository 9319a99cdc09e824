#ifndef LIBS_TEXT_TEXT_H_
#define LIBS_TEXT_TEXT_H_

#include <cstddef>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "libs/status/errors.h"

// What people typed, as UTF-8. The functions are total: a byte that is no UTF-8 counts as one
// character that is neither space nor control.
namespace portal::text {

// Code points.
size_t CharacterCount(absl::string_view text);

// Without white space at the ends: Unicode's White_Space, and the invisible U+200B, U+2060 and
// U+FEFF that come along when text is copied.
absl::string_view Trimmed(absl::string_view text);

// Nothing but such white space.
inline bool IsBlank(absl::string_view text) { return Trimmed(text).empty(); }

// Whether there is a control character (U+0000 to U+001F, U+007F to U+009F), or, in text of several
// lines, one other than tab, line feed and carriage return.
enum class Lines { kOne, kMany };
bool HasControlCharacter(absl::string_view text, Lines lines);

// Adds a violation if text of several lines is longer than `max_characters` or has a control
// character.
void CheckText(absl::string_view text, size_t max_characters, absl::string_view field,
               status::FieldViolations& violations);

// In Unicode's normalization form C, where a letter and its accents are one character if there is
// one: what people see as the same name is the same bytes. Nothing if that has more than
// `max_characters`; some texts grow. Composing takes time by the square of the accents in a row, so
// text that is too long in any case, of which at most four characters become one, is not composed:
// 0.2 ms for `max_characters` of 200, 10 ms for 1,000. For lines, not for pages.
std::optional<std::string> ComposedWithin(absl::string_view text, size_t max_characters);

// For where one short line is shown: control characters became spaces, white space at the ends is
// gone, and what is beyond `max_characters` is cut off.
std::string OneLine(absl::string_view text, size_t max_characters);

// At most `max_bytes`, cut between two characters.
absl::string_view CutToBytes(absl::string_view text, size_t max_bytes);

}  // namespace portal::text

#endif  // LIBS_TEXT_TEXT_H_
