#include "services/identity/domain/clinic.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "libs/status/errors.h"
#include "services/identity/domain/limits.h"
#include "services/identity/domain/text.h"

namespace portal::identity {
namespace {

bool IsSlugWord(absl::string_view word) {
  return !word.empty() && std::all_of(word.begin(), word.end(), [](char c) {
    return absl::ascii_islower(c) || absl::ascii_isdigit(c);
  });
}

// "America", "Port-au-Prince", "Etc", "GMT+5": IANA's names begin with a capital; no dots, so no
// paths.
bool IsZoneWord(absl::string_view word) {
  return !word.empty() && absl::ascii_isupper(word.front()) &&
         std::all_of(word.begin(), word.end(), [](char c) {
           return absl::ascii_isalnum(c) || c == '_' || c == '-' || c == '+';
         });
}

}  // namespace

bool IsSlug(absl::string_view text) {
  if (text.size() < kMinSlugCharacters || text.size() > kMaxSlugCharacters) return false;
  for (absl::string_view word : absl::StrSplit(text, '-')) {
    if (!IsSlugWord(word)) return false;
  }
  return true;
}

bool IsTimeZone(absl::string_view name) {
  if (name.size() > kMaxTimeZoneBytes || name == "Factory") return false;
  for (absl::string_view word : absl::StrSplit(name, '/')) {
    if (!IsZoneWord(word)) return false;
  }
  absl::TimeZone zone;
  return absl::LoadTimeZone(name, &zone);
}

absl::Status CheckClinic(const Clinic& clinic) {
  status::FieldViolations violations;
  if (!IsSlug(clinic.slug)) {
    violations.Add("clinic.slug",
                   "must have 3 to 40 characters: a-z, 0-9 and single hyphens between them");
  }
  violations.Add(CheckDisplayName("clinic.display_name", clinic.display_name));
  if (!IsTimeZone(clinic.time_zone)) {
    violations.Add("clinic.time_zone", "must be an IANA time zone such as America/Toronto");
  }
  return violations.ToStatus();
}

}  // namespace portal::identity
