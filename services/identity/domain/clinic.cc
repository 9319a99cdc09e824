#include "services/identity/domain/clinic.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "libs/status/errors.h"
#include "services/identity/domain/email.h"
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

void AddViolations(const ClinicChange& change, status::FieldViolations& violations) {
  if (change.display_name.has_value()) {
    violations.Add(CheckDisplayName("clinic.display_name", *change.display_name));
  }
  if (change.time_zone.has_value() && !IsTimeZone(*change.time_zone)) {
    violations.Add("clinic.time_zone", "must be an IANA time zone such as America/Toronto");
  }
  if (change.notice_email.has_value()) {
    violations.Add(Email::Parse("clinic.notice_email", *change.notice_email).status());
  }
  if (change.language.has_value() && *change.language != "en" && *change.language != "fr") {
    violations.Add("clinic.language", "must be en or fr");
  }
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

Clinic Changed(Clinic clinic, const ClinicChange& change) {
  if (change.display_name.has_value()) clinic.display_name = *change.display_name;
  if (change.time_zone.has_value()) clinic.time_zone = *change.time_zone;
  if (change.notice_email.has_value()) clinic.notice_email = *change.notice_email;
  if (change.language.has_value()) clinic.language = *change.language;
  if (change.second_factor_required.has_value()) {
    clinic.second_factor_required = *change.second_factor_required;
  }
  ++clinic.version;
  return clinic;
}

absl::Status CheckChange(const ClinicChange& change) {
  status::FieldViolations violations;
  AddViolations(change, violations);
  return violations.ToStatus();
}

absl::Status CheckEtag(const Clinic& clinic, absl::string_view etag) {
  return etag == EtagOf(clinic.version) ? absl::OkStatus() : status::EtagMismatch();
}

absl::Status CheckClinic(const Clinic& clinic) {
  status::FieldViolations violations;
  if (!IsSlug(clinic.slug)) {
    violations.Add("clinic.slug",
                   "must have 3 to 40 characters: a-z, 0-9 and single hyphens between them");
  }
  AddViolations({.display_name = clinic.display_name,
                 .time_zone = clinic.time_zone,
                 .notice_email = clinic.notice_email,
                 .language = clinic.language},
                violations);
  return violations.ToStatus();
}

}  // namespace portal::identity
