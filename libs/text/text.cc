#include "libs/text/text.h"

#include <unicode/bytestream.h>
#include <unicode/normalizer2.h>

#include <cstdint>

#include "absl/strings/str_cat.h"

namespace portal::text {
namespace {

struct Character {
  uint32_t code_point;
  size_t bytes;
};

constexpr uint32_t kNotUtf8 = 0xFFFD;

bool IsContinuation(char byte) { return (static_cast<uint8_t>(byte) & 0xC0) == 0x80; }

// The first character of a text that is not empty.
Character First(absl::string_view text) {
  const auto lead = static_cast<uint8_t>(text[0]);
  if (lead < 0x80) return {lead, 1};
  const size_t bytes = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
  if (bytes == 1 || lead >= 0xF8 || text.size() < bytes) return {kNotUtf8, 1};
  uint32_t code_point = lead & (0x7F >> bytes);
  for (size_t i = 1; i < bytes; ++i) {
    if (!IsContinuation(text[i])) return {kNotUtf8, 1};
    code_point = code_point << 6 | (static_cast<uint8_t>(text[i]) & 0x3F);
  }
  return {code_point, bytes};
}

// The last one.
Character Last(absl::string_view text) {
  size_t start = text.size() - 1;
  while (start > 0 && text.size() - start < 4 && IsContinuation(text[start])) --start;
  const Character character = First(text.substr(start));
  if (start + character.bytes == text.size()) return character;
  return {kNotUtf8, 1};
}

// U+1F82, a Greek letter with three marks, is one of four; no character stands for more.
constexpr size_t kMostComposedIntoOne = 4;

std::string Composed(absl::string_view text) {
  UErrorCode error = U_ZERO_ERROR;
  const icu::Normalizer2* nfc = icu::Normalizer2::getNFCInstance(error);
  std::string composed;
  icu::StringByteSink<std::string> sink(&composed);
  if (nfc != nullptr) {
    nfc->normalizeUTF8(0, icu::StringPiece(text.data(), static_cast<int32_t>(text.size())), sink,
                       nullptr, error);
  }
  return U_SUCCESS(error) ? composed : std::string(text);
}

// plan_sections_text_check in the database lists the same.
bool IsSpace(uint32_t c) {
  return (c >= 0x09 && c <= 0x0D) || c == 0x20 || c == 0x85 || c == 0xA0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200B) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F ||
         c == 0x2060 || c == 0x3000 || c == 0xFEFF;
}

bool IsControl(uint32_t c) { return c < 0x20 || (c >= 0x7F && c <= 0x9F); }

}  // namespace

size_t CharacterCount(absl::string_view text) {
  size_t count = 0;
  for (; !text.empty(); ++count) text.remove_prefix(First(text).bytes);
  return count;
}

absl::string_view Trimmed(absl::string_view text) {
  while (!text.empty()) {
    const Character first = First(text);
    if (!IsSpace(first.code_point)) break;
    text.remove_prefix(first.bytes);
  }
  while (!text.empty()) {
    const Character last = Last(text);
    if (!IsSpace(last.code_point)) break;
    text.remove_suffix(last.bytes);
  }
  return text;
}

bool HasControlCharacter(absl::string_view text, Lines lines) {
  while (!text.empty()) {
    const Character first = First(text);
    const uint32_t c = first.code_point;
    const bool line_control = c == '\t' || c == '\n' || c == '\r';
    if (IsControl(c) && !(lines == Lines::kMany && line_control)) return true;
    text.remove_prefix(first.bytes);
  }
  return false;
}

void CheckText(absl::string_view text, size_t max_characters, absl::string_view field,
               status::FieldViolations& violations) {
  if (CharacterCount(text) > max_characters) {
    violations.Add(field, absl::StrCat("must have at most ", max_characters, " characters"));
  }
  if (HasControlCharacter(text, Lines::kMany)) {
    violations.Add(field, "must not have control characters but tabs and line ends");
  }
}

std::optional<std::string> ComposedWithin(absl::string_view text, size_t max_characters) {
  if (CharacterCount(text) > kMostComposedIntoOne * max_characters) return std::nullopt;
  std::string composed = Composed(text);
  if (CharacterCount(composed) > max_characters) return std::nullopt;
  return composed;
}

std::string OneLine(absl::string_view text, size_t max_characters) {
  text = Trimmed(text);
  std::string line;
  for (size_t count = 0; !text.empty() && count < max_characters; ++count) {
    const Character first = First(text);
    if (IsControl(first.code_point)) {
      line.push_back(' ');
    } else {
      line.append(text.data(), first.bytes);
    }
    text.remove_prefix(first.bytes);
  }
  return std::string(Trimmed(line));
}

absl::string_view CutToBytes(absl::string_view text, size_t max_bytes) {
  if (text.size() <= max_bytes) return text;
  while (max_bytes > 0 && IsContinuation(text[max_bytes])) --max_bytes;
  return text.substr(0, max_bytes);
}

}  // namespace portal::text
