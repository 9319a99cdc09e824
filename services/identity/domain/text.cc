#include "services/identity/domain/text.h"

#include "absl/strings/str_cat.h"
#include "libs/status/errors.h"
#include "libs/text/text.h"
#include "services/identity/domain/limits.h"

namespace portal::identity {

std::string EtagOf(int64_t version) { return absl::StrCat(absl::Hex(version)); }

absl::Status CheckDisplayName(absl::string_view field, absl::string_view name) {
  if (text::IsBlank(name) || text::HasControlCharacter(name, text::Lines::kOne) ||
      text::CharacterCount(name) > kMaxDisplayNameCharacters) {
    return status::InvalidField(
        field, "must have 1 to 200 characters, not only spaces, none of them control characters");
  }
  return absl::OkStatus();
}

}  // namespace portal::identity
