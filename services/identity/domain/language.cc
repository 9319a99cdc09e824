#include "services/identity/domain/language.h"

#include "libs/status/errors.h"

namespace portal::identity {

absl::StatusOr<std::string> ParseLanguage(absl::string_view field, absl::string_view tag) {
  if (tag == "en" || tag == "fr") return std::string(tag);
  return status::InvalidField(field, "must be en or fr");
}

absl::StatusOr<std::string> ParseOptionalLanguage(absl::string_view field, absl::string_view tag) {
  if (tag.empty()) return kDefaultLanguage;
  return ParseLanguage(field, tag);
}

}  // namespace portal::identity
