#ifndef SERVICES_IDENTITY_DOMAIN_TEXT_H_
#define SERVICES_IDENTITY_DOMAIN_TEXT_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace portal::identity {

// Of a thing whose version rises with each change.
std::string EtagOf(int64_t version);

// What a clinic or a member of its staff is called: 1 to kMaxDisplayNameCharacters characters, not
// only white space, and no control characters, so that it fits on one line everywhere.
// INVALID_FIELD naming `field`.
absl::Status CheckDisplayName(absl::string_view field, absl::string_view name);

}  // namespace portal::identity

#endif  // SERVICES_IDENTITY_DOMAIN_TEXT_H_
