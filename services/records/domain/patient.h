#ifndef SERVICES_RECORDS_DOMAIN_PATIENT_H_
#define SERVICES_RECORDS_DOMAIN_PATIENT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "libs/id/ids.h"
#include "libs/status/errors.h"

namespace portal::records {

// FHIR R4 AdministrativeGender, or not asked.
enum class AdministrativeGender { kUnspecified, kMale, kFemale, kOther, kUnknown };

struct PostalAddress {
  std::vector<std::string> lines;
  std::string city;
  std::string region;
  std::string postal_code;
  std::string country_code;  // ISO 3166-1 alpha-2

  friend bool operator==(const PostalAddress&, const PostalAddress&) = default;
};

struct EmergencyContact {
  std::string name;
  std::string relationship;
  std::string phone;

  friend bool operator==(const EmergencyContact&, const EmergencyContact&) = default;
};

// What the clinic knows of a person and account holders with a grant may read.
struct PatientProfile {
  std::string given_name;
  std::string family_name;
  absl::CivilDay birth_date;
  AdministrativeGender gender = AdministrativeGender::kUnspecified;
  std::string email;
  std::vector<std::string> phones;
  PostalAddress address;
  std::string health_card_number;
  EmergencyContact emergency_contact;

  friend bool operator==(const PatientProfile&, const PatientProfile&) = default;
};

// The official record.
struct Patient {
  id::PatientId id;
  id::ClinicId clinic_id;
  PatientProfile profile;
  std::string staff_notes;
  // The etag; rises with each change, from 1.
  int64_t version = 1;
  absl::Time created_at;
  absl::Time updated_at;

  friend bool operator==(const Patient&, const Patient&) = default;
};

// Without white space at the ends of every field of one line; an address line of nothing but white
// space is dropped. Text is otherwise kept as written.
PatientProfile Normalized(PatientProfile profile);

// Adds what the contract does not allow, with paths such as "patient.birth_date". `profile` is
// normalized; `latest_birth_date` is LatestToday().
void CheckProfile(const PatientProfile& profile, absl::CivilDay latest_birth_date,
                  status::FieldViolations& violations);
void CheckStaffNotes(absl::string_view staff_notes, status::FieldViolations& violations);

// "Given Family", cut to kMaxDisplayNameBytes: what other services call the patient.
std::string DisplayName(const PatientProfile& profile);

}  // namespace portal::records

#endif  // SERVICES_RECORDS_DOMAIN_PATIENT_H_
