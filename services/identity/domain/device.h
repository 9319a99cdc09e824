#ifndef SERVICES_IDENTITY_DOMAIN_DEVICE_H_
#define SERVICES_IDENTITY_DOMAIN_DEVICE_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "libs/id/ids.h"

namespace portal::identity {

using DeviceId = id::Id<struct DeviceTag>;

// What a device is called for the people who use it: browser and system, "Firefox on Android", as
// far as the User-Agent header tells them (RFC 9110, 10.1.5); otherwise the header's beginning, at
// most kMaxDeviceCharacters, on one line. Empty if the header is. A client may say what it likes:
// nothing is decided by it.
std::string DeviceName(absl::string_view user_agent);

// INVALID_FIELD naming "user_agent" if it is longer than any browser's.
absl::Status CheckUserAgent(absl::string_view user_agent);

// INVALID_FIELD naming "device_token" if it is longer than ours. Shorter ones are just not known.
absl::Status CheckDeviceToken(absl::string_view token);

}  // namespace portal::identity

#endif  // SERVICES_IDENTITY_DOMAIN_DEVICE_H_
