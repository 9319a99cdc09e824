#include "services/identity/domain/terms.h"

#include "libs/status/errors.h"
#include "services/identity/domain/errors.h"

namespace portal::identity {

absl::Status CheckTermsVersion(absl::string_view field, int version, int current) {
  if (version < 1) return status::InvalidField(field, "must be a version, from 1");
  return version == current ? absl::OkStatus() : TermsNotCurrent(current);
}

absl::Status CheckSignUpTerms(absl::string_view field, int version, int current) {
  if (version < 0) return status::InvalidField(field, "must not be negative");
  return version == current ? absl::OkStatus() : TermsNotCurrent(current);
}

}  // namespace portal::identity
