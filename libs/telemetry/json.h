#ifndef LIBS_TELEMETRY_JSON_H_
#define LIBS_TELEMETRY_JSON_H_

#include <cstddef>
#include <limits>
#include <string>

#include "absl/strings/string_view.h"

namespace portal::telemetry {

// Appends `text` as a JSON string (RFC 8259), on one line and in valid UTF-8 whatever the text
// holds: each byte that is not UTF-8 becomes U+FFFD. What exceeds `max_bytes` of the text is left
// out, with U+2026 in its place.
void AppendJsonString(absl::string_view text, std::string& out,
                      size_t max_bytes = std::numeric_limits<size_t>::max());

}  // namespace portal::telemetry

#endif  // LIBS_TELEMETRY_JSON_H_
