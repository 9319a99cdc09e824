#ifndef SERVICES_ACCESS_CODE_DOMAIN_EMAIL_H_
#define SERVICES_ACCESS_CODE_DOMAIN_EMAIL_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace portal::access_code {

// INVALID_FIELD naming `field` unless mail can be sent to the address as it stands: printable ASCII
// without what lists and names addresses (< > , ;), one @ with something on both sides, at most
// kMaxEmailBytes.
// Whether somebody reads it, only the mail tells.
absl::Status CheckEmail(absl::string_view field, absl::string_view email);

}  // namespace portal::access_code

#endif  // SERVICES_ACCESS_CODE_DOMAIN_EMAIL_H_
