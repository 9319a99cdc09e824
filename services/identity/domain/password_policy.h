#ifndef SERVICES_IDENTITY_DOMAIN_PASSWORD_POLICY_H_
#define SERVICES_IDENTITY_DOMAIN_PASSWORD_POLICY_H_

#include <string>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace portal::identity {

// Which passwords may be chosen (NIST SP 800-63B section 5.1.1.2, ASVS 5.0 section 6.2): 12 to 128
// characters of any kind, not among the common ones. No rules of composition. Immutable.
class PasswordPolicy {
 public:
  // `common`: one password per line, the way password lists come; lines that begin with
  // "#!comment:" are skipped. INVALID_ARGUMENT, for the operator, if there is no password in it.
  static absl::StatusOr<PasswordPolicy> Create(absl::string_view common);

  // PASSWORD_UNACCEPTABLE with the rule it breaks. A password is common without regard to ASCII
  // case, and also with digits, signs and spaces before or after a common one: those are the
  // guesses that come next.
  absl::Status Check(absl::string_view password) const;

  // Whether anybody could have chosen it; longer texts are not worth hashing. INVALID_FIELD naming
  // `field`.
  static absl::Status CheckLength(absl::string_view field, absl::string_view password);

 private:
  explicit PasswordPolicy(absl::flat_hash_set<std::string> common);

  absl::flat_hash_set<std::string> common_;  // ASCII lower case
};

}  // namespace portal::identity

#endif  // SERVICES_IDENTITY_DOMAIN_PASSWORD_POLICY_H_
