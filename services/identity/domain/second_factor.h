#ifndef SERVICES_IDENTITY_DOMAIN_SECOND_FACTOR_H_
#define SERVICES_IDENTITY_DOMAIN_SECOND_FACTOR_H_

#include <optional>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace portal::identity {

// A second-factor code as a person typed it: six digits of an authenticator app, or a recovery
// code.
class SecondFactorCode {
 public:
  // Spaces, hyphens and case do not matter. INVALID_FIELD naming `field` if it has neither form.
  static absl::StatusOr<SecondFactorCode> Parse(absl::string_view field, absl::string_view text);

  // None if `text` is empty.
  static absl::StatusOr<std::optional<SecondFactorCode>> ParseOptional(absl::string_view field,
                                                                       absl::string_view text);

  // Otherwise it is a recovery code.
  bool is_totp() const;
  // Without what does not matter; a recovery code in lower case.
  const std::string& text() const { return text_; }

 private:
  explicit SecondFactorCode(std::string text) : text_(std::move(text)) {}

  std::string text_;
};

// A recovery code as it is shown, "k3vd-8mxq-…", from its characters without hyphens.
std::string WithHyphens(absl::string_view recovery_code);

// INVALID_FIELD naming `field` unless `text`, without spaces, is six digits; returns them.
absl::StatusOr<std::string> SixDigits(absl::string_view field, absl::string_view text);

}  // namespace portal::identity

#endif  // SERVICES_IDENTITY_DOMAIN_SECOND_FACTOR_H_
