#ifndef SERVICES_IDENTITY_DOMAIN_TERMS_H_
#define SERVICES_IDENTITY_DOMAIN_TERMS_H_

#include <optional>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace portal::identity {

// Which terms of use an account agreed to last, and when.
struct TermsConsent {
  int version;
  absl::Time accepted_at;
};

// Whether who agrees to `version` agrees to what is published now; `current` is 0 while nothing is.
// INVALID_FIELD naming `field` if it is no version, TERMS_NOT_CURRENT if it is another one.
absl::Status CheckTermsVersion(absl::string_view field, int version, int current);

// As a sign-up tells it: 0 is for no terms, where there are none.
absl::Status CheckSignUpTerms(absl::string_view field, int version, int current);

}  // namespace portal::identity

#endif  // SERVICES_IDENTITY_DOMAIN_TERMS_H_
