#ifndef SERVICES_MESSAGING_DOMAIN_ADDRESS_H_
#define SERVICES_MESSAGING_DOMAIN_ADDRESS_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace portal::messaging {

// Where a mail goes, by the suite's rule (libs/email): it can stand in a header and in an SMTP
// command as it is.
class Address {
 public:
  // INVALID_FIELD naming `field`.
  static absl::StatusOr<Address> Parse(absl::string_view field, absl::string_view text);

  const std::string& text() const { return text_; }

  friend bool operator==(const Address&, const Address&) = default;

 private:
  explicit Address(absl::string_view text) : text_(text) {}

  std::string text_;
};

}  // namespace portal::messaging

#endif  // SERVICES_MESSAGING_DOMAIN_ADDRESS_H_
