#ifndef SERVICES_IDENTITY_DOMAIN_EMAIL_H_
#define SERVICES_IDENTITY_DOMAIN_EMAIL_H_

#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace portal::identity {

// An e-mail address, by the suite's rule (libs/email): ASCII, so lower case is a matter of ASCII
// and no two addresses look alike but differ.
class Email {
 public:
  // INVALID_FIELD naming `field`.
  static absl::StatusOr<Email> Parse(absl::string_view field, absl::string_view text);

  // As it was written.
  const std::string& text() const { return text_; }
  // Lower case: what addresses are compared by. RFC 5321 would let a mailbox tell "A@x" from "a@x";
  // none do, and two accounts for one mailbox would be the worse surprise.
  const std::string& normalized() const { return normalized_; }

 private:
  explicit Email(absl::string_view text);

  std::string text_;
  std::string normalized_;
};

}  // namespace portal::identity

#endif  // SERVICES_IDENTITY_DOMAIN_EMAIL_H_
