#ifndef SERVICES_RECORDS_DOMAIN_PATIENT_H_
#define SERVICES_RECORDS_DOMAIN_PATIENT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "libs/id/ids.h"
#include "libs/status/errors.h"

namespace portal::records {

// FHIR R4 AdministrativeGender, or not asked.
enum class AdministrativeGender { kUnspecified, kMale, kFemale, kOther, kUnknown };

// As recorded at birth, or not asked.
enum class SexAtBirth { kUnspecified, kMale, kFemale, kIntersex, kUnknown };

// Whether the clinic still treats the person.
enum class PatientState { kActive, kInactive, kDeceased };

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
  SexAtBirth sex_at_birth = SexAtBirth::kUnspecified;
  std::string gender_identity;
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
  PatientState state = PatientState::kActive;
  std::optional<absl::CivilDay> deceased_date;  // only of the deceased, if known
  std::optional<id::PatientId> merged_into;     // the record that stays
  // The etag; rises with each change, from 1.
  int64_t version = 1;
  absl::Time created_at;
  absl::Time updated_at;

  friend bool operator==(const Patient&, const Patient&) = default;
};

// Without white space at the ends of every field of one line, and composed (text::ComposedWithin)
// unless it is too long; an address line of nothing but white space is dropped. Text is otherwise
// kept as written.
PatientProfile Normalized(PatientProfile profile);

// Adds what the contract does not allow, with paths such as "patient.birth_date". `profile` is
// normalized; `latest_birth_date` is LatestToday().
void CheckProfile(const PatientProfile& profile, absl::CivilDay latest_birth_date,
                  status::FieldViolations& violations);
void CheckStaffNotes(absl::string_view staff_notes, status::FieldViolations& violations);

// Adds a violation if a date of death belongs to somebody alive, or is not between birth and
// `latest_today`.
void CheckDeath(PatientState state, std::optional<absl::CivilDay> deceased_date,
                absl::CivilDay birth_date, absl::CivilDay latest_today,
                status::FieldViolations& violations);

// What two records have in common.
enum class DuplicateEvidence {
  kNameAndBirthDate,
  kHealthCardNumber,
  kSimilarNameAndBirthDate,
  kSimilarNameAndContact,
};

// PATIENT_MERGED unless the record stands for itself.
absl::Status CheckNotMerged(const std::optional<id::PatientId>& merged_into);

// New values of those fields that a change names, normalized.
struct PatientChange {
  std::optional<std::string> given_name;
  std::optional<std::string> family_name;
  std::optional<absl::CivilDay> birth_date;
  std::optional<AdministrativeGender> gender;
  std::optional<SexAtBirth> sex_at_birth;
  std::optional<std::string> gender_identity;
  std::optional<std::string> email;
  std::optional<std::vector<std::string>> phones;
  std::optional<PostalAddress> address;
  std::optional<std::string> health_card_number;
  std::optional<EmergencyContact> emergency_contact;
  std::optional<std::string> staff_notes;
  std::optional<PatientState> state;
  std::optional<std::optional<absl::CivilDay>> deceased_date;
};

// Adds what the contract does not allow in those fields; CheckDeath is for the whole.
void CheckChange(const PatientChange& change, absl::CivilDay latest_today,
                 status::FieldViolations& violations);

// The record with a change's values, one version on. Who is not deceased has no date of death.
Patient Changed(const Patient& patient, const PatientChange& change, absl::Time now);

// "Given Family", cut to kMaxDisplayNameBytes: what other services call the patient.
std::string DisplayName(const PatientProfile& profile);

}  // namespace portal::records

#endif  // SERVICES_RECORDS_DOMAIN_PATIENT_H_
