#ifndef SERVICES_IDENTITY_DOMAIN_CLINIC_H_
#define SERVICES_IDENTITY_DOMAIN_CLINIC_H_

#include <cstdint>
#include <optional>
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
  // Where it reads its notices; empty for clinics of before there was one.
  std::string notice_email = {};
  // Of its notices.
  std::string language = "en";
  // Whether its staff act in sessions that proved a second factor only.
  bool second_factor_required = false;
  // The etag; rises with each change, from 1.
  int64_t version = 1;
};

// What an owner changes about a clinic; nothing: stays.
struct ClinicChange {
  std::optional<std::string> display_name;
  std::optional<std::string> time_zone;
  std::optional<std::string> notice_email;
  std::optional<std::string> language;
  std::optional<bool> second_factor_required;
};

// The clinic after the change.
Clinic Changed(Clinic clinic, const ClinicChange& change);

// INVALID_FIELD, naming each of the changed that is not as it should be, as fields of "clinic".
absl::Status CheckChange(const ClinicChange& change);

// ETAG_MISMATCH unless `etag` is the clinic's.
absl::Status CheckEtag(const Clinic& clinic, absl::string_view etag);

// INVALID_FIELD, naming each of slug, display_name, time_zone, notice_email and language that is
// not as it should be, as fields of "clinic".
absl::Status CheckClinic(const Clinic& clinic);

// 3 to 40 characters, a-z, 0-9 and single hyphens between them.
bool IsSlug(absl::string_view text);

// Whether `name` is a zone of the IANA database of this machine. Debian's folder holds more than
// zones ("localtime", "posix/…"), and Abseil knows names of its own ("Fixed/UTC+01:00:00"): those
// are not.
bool IsTimeZone(absl::string_view name);

}  // namespace portal::identity

#endif  // SERVICES_IDENTITY_DOMAIN_CLINIC_H_
