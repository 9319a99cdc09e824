#ifndef LIBS_EMAIL_ADDRESS_H_
#define LIBS_EMAIL_ADDRESS_H_

#include <cstddef>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace portal::email {

// RFC 5321: a path of 256 bytes less its angle brackets, and a local part of 64.
inline constexpr size_t kMaxAddressBytes = 254;
inline constexpr size_t kMaxLocalBytes = 64;
// RFC 1035.
inline constexpr size_t kMaxDomainLabelBytes = 63;

// INVALID_FIELD naming `field` unless `text` is an address that every service takes: RFC 5321's
// dot-string @ domain of at least two labels, in ASCII. Quoted local parts, address literals and
// internationalised addresses (RFC 6531) are refused; an internationalised domain is written in its
// "xn--" form. So an address can stand in a mail header and in an SMTP command as it is.
// Whether somebody reads it, only the mail tells.
absl::Status CheckAddress(absl::string_view field, absl::string_view text);

}  // namespace portal::email

#endif  // LIBS_EMAIL_ADDRESS_H_
