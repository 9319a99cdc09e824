#ifndef SERVICES_MESSAGING_DOMAIN_LANGUAGE_H_
#define SERVICES_MESSAGING_DOMAIN_LANGUAGE_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace portal::messaging {

// What notices are written in.
enum class Language { kEnglish, kFrench };

inline constexpr Language kLanguages[] = {Language::kEnglish, Language::kFrench};

// BCP 47: "en", "fr".
absl::string_view ToString(Language language);

// INVALID_FIELD naming `field` unless `text` is one of those.
absl::StatusOr<Language> ParseLanguage(absl::string_view field, absl::string_view text);

// For people: "2 February 2026, 14:05 UTC". Messaging does not know where its reader is.
std::string FormatTime(absl::Time time, Language language);

}  // namespace portal::messaging

#endif  // SERVICES_MESSAGING_DOMAIN_LANGUAGE_H_
