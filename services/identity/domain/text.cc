#include "services/identity/domain/text.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "libs/status/errors.h"
#include "services/identity/domain/limits.h"

namespace portal::identity {

size_t CountCharacters(absl::string_view text) {
  return std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; });
}

std::string EtagOf(int64_t version) { return absl::StrCat(absl::Hex(version)); }

absl::Status CheckDisplayName(absl::string_view field, absl::string_view name) {
  const bool blank = std::all_of(name.begin(), name.end(), absl::ascii_isspace);
  const bool has_control = std::any_of(name.begin(), name.end(), absl::ascii_iscntrl);
  if (blank || has_control || CountCharacters(name) > kMaxDisplayNameCharacters) {
    return status::InvalidField(
        field, "must have 1 to 200 characters, not only spaces, none of them control characters");
  }
  return absl::OkStatus();
}

}  // namespace portal::identity
