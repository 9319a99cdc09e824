#ifndef SERVICES_IDENTITY_DOMAIN_CLINIC_H_
#define SERVICES_IDENTITY_DOMAIN_CLINIC_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "libs/id/ids.h"

namespace portal::identity {

struct Clinic {
  id::ClinicId clinic_id;
  // Its address in links.
  std::string slug;
  std::string display_name;
  // IANA name.
  std::string time_zone;
  absl::Time created_at;
};

// INVALID_FIELD, naming each of slug, display_name and time_zone that is not as it should be, as
// fields of "clinic".
absl::Status CheckClinic(const Clinic& clinic);

// 3 to 40 characters, a-z, 0-9 and single hyphens between them.
bool IsSlug(absl::string_view text);

// Whether `name` is a zone of the IANA database of this machine. Debian's folder holds more than
// zones ("localtime", "posix/…"), and Abseil knows names of its own ("Fixed/UTC+01:00:00"): those
// are not.
bool IsTimeZone(absl::string_view name);

}  // namespace portal::identity

#endif  // SERVICES_IDENTITY_DOMAIN_CLINIC_H_
