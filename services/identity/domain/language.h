#ifndef SERVICES_IDENTITY_DOMAIN_LANGUAGE_H_
#define SERVICES_IDENTITY_DOMAIN_LANGUAGE_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace portal::identity {

// What whoever did not say is written to in.
inline constexpr char kDefaultLanguage[] = "en";

// A language that the portal's mails are written in, as a BCP 47 tag: "en" or "fr". INVALID_FIELD
// naming `field`.
absl::StatusOr<std::string> ParseLanguage(absl::string_view field, absl::string_view tag);

// The same, but empty is kDefaultLanguage.
absl::StatusOr<std::string> ParseOptionalLanguage(absl::string_view field, absl::string_view tag);

}  // namespace portal::identity

#endif  // SERVICES_IDENTITY_DOMAIN_LANGUAGE_H_
