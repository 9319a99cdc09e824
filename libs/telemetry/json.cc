#include "libs/telemetry/json.h"

#include <cstdint>

namespace portal::telemetry {
namespace {

constexpr char kHexDigits[] = "0123456789abcdef";

bool Between(uint8_t byte, uint8_t low, uint8_t high) { return low <= byte && byte <= high; }

// Bytes of the well-formed UTF-8 character that `text` begins with (Unicode, table 3-7); 0 if there
// is none.
size_t CharacterSize(absl::string_view text) {
  const auto byte = [text](size_t i) {
    return i < text.size() ? static_cast<uint8_t>(text[i]) : uint8_t{0};
  };
  const auto continues = [&byte](size_t i) { return Between(byte(i), 0x80, 0xBF); };
  const uint8_t first = byte(0);
  if (first < 0x80) return 1;
  if (Between(first, 0xC2, 0xDF)) return continues(1) ? 2 : 0;
  if (Between(first, 0xE0, 0xEF)) {
    const uint8_t low = first == 0xE0 ? 0xA0 : 0x80;   // no overlong forms
    const uint8_t high = first == 0xED ? 0x9F : 0xBF;  // no surrogates
    return Between(byte(1), low, high) && continues(2) ? 3 : 0;
  }
  if (Between(first, 0xF0, 0xF4)) {
    const uint8_t low = first == 0xF0 ? 0x90 : 0x80;   // no overlong forms
    const uint8_t high = first == 0xF4 ? 0x8F : 0xBF;  // nothing above U+10FFFF
    return Between(byte(1), low, high) && continues(2) && continues(3) ? 4 : 0;
  }
  return 0;
}

// Bytes at the beginning that stand for themselves in a JSON string.
size_t PlainSize(absl::string_view text) {
  size_t size = 0;
  while (size < text.size() && Between(static_cast<uint8_t>(text[size]), 0x20, 0x7E) &&
         text[size] != '"' && text[size] != '\\') {
    ++size;
  }
  return size;
}

void AppendEscaped(char c, std::string& out) {
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      out += "\\u00";
      out.push_back(kHexDigits[c >> 4]);
      out.push_back(kHexDigits[c & 0xF]);
  }
}

}  // namespace

void AppendJsonString(absl::string_view text, std::string& out, size_t max_bytes) {
  out.push_back('"');
  for (size_t i = 0; i < text.size();) {
    const size_t plain = PlainSize(text.substr(i, max_bytes - i));
    out.append(text.data() + i, plain);
    i += plain;
    if (i == text.size()) break;
    const size_t size = CharacterSize(text.substr(i));
    const size_t step = size == 0 ? 1 : size;
    if (i + step > max_bytes) {
      out += "\\u2026";
      break;
    }
    if (size == 0) {
      out += "\\ufffd";
    } else if (size == 1) {
      AppendEscaped(text[i], out);
    } else {
      out.append(text.data() + i, size);
    }
    i += step;
  }
  out.push_back('"');
}

}  // namespace portal::telemetry
