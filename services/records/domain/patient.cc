#include "services/records/domain/patient.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "libs/text/text.h"
#include "services/records/domain/errors.h"
#include "services/records/domain/limits.h"

namespace portal::records {
namespace {

void Trim(std::string& text) { text = std::string(text::Trimmed(text)); }

// Text that is too long stays as it is: Line() refuses it.
void Normalize(std::string& text, size_t max_characters) {
  Trim(text);
  std::optional<std::string> composed = text::ComposedWithin(text, max_characters);
  if (composed.has_value()) text = *std::move(composed);
}

void NormalizeLines(std::vector<std::string>& lines) {
  for (std::string& line : lines) Trim(line);
  std::erase(lines, "");
  if (lines.size() > kMaxAddressLines) return;  // too many: refused as they are
  for (std::string& line : lines) Normalize(line, kMaxAddressCharacters);
}

// Collects violations of fields below "patient.".
class ProfileCheck {
 public:
  explicit ProfileCheck(status::FieldViolations& violations) : violations_(violations) {}

  void Require(bool condition, absl::string_view field, absl::string_view description) {
    if (!condition) violations_.Add(absl::StrCat("patient.", field), description);
  }

  void Line(absl::string_view text, int max_characters, absl::string_view field) {
    Require(text::ComposedWithin(text, max_characters).has_value(), field,
            absl::StrCat("must have at most ", max_characters, " characters"));
    RequirePlain(text, field);
  }

  void Name(absl::string_view text, absl::string_view field) {
    Require(!text.empty(), field, "is required");
    Line(text, kMaxNameCharacters, field);
  }

  void Email(absl::string_view text, absl::string_view field) {
    Require(text.size() <= kMaxEmailBytes, field,
            absl::StrCat("must have at most ", kMaxEmailBytes, " bytes"));
    RequirePlain(text, field);
  }

  void Phone(absl::string_view text, absl::string_view field) {
    const bool valid = text.size() >= kMinPhoneCharacters && text.size() <= kMaxPhoneCharacters &&
                       std::all_of(text.begin(), text.end(), [](char c) {
                         return absl::ascii_isdigit(c) ||
                                absl::string_view(" +()-.x").find(c) != absl::string_view::npos;
                       });
    Require(valid, field,
            absl::StrCat("must be ", kMinPhoneCharacters, " to ", kMaxPhoneCharacters,
                         " characters of digits, spaces and + ( ) - . x"));
  }

  void CountryCode(absl::string_view text, absl::string_view field) {
    Require(text.empty() ||
                (text.size() == 2 && absl::ascii_isupper(text[0]) && absl::ascii_isupper(text[1])),
            field, "must be two capital letters (ISO 3166-1), or empty");
  }

 private:
  void RequirePlain(absl::string_view text, absl::string_view field) {
    Require(!text::HasControlCharacter(text, text::Lines::kOne), field,
            "must not have control characters");
  }

  status::FieldViolations& violations_;
};

void CheckAddress(const PostalAddress& address, ProfileCheck& check) {
  const bool few = address.lines.size() <= kMaxAddressLines;
  check.Require(few, "address.lines", absl::StrCat("must be at most ", kMaxAddressLines));
  for (size_t i = 0; few && i < address.lines.size(); ++i) {
    check.Line(address.lines[i], kMaxAddressCharacters, absl::StrCat("address.lines[", i, "]"));
  }
  check.Line(address.city, kMaxAddressCharacters, "address.city");
  check.Line(address.region, kMaxAddressCharacters, "address.region");
  check.Line(address.postal_code, kMaxAddressCharacters, "address.postal_code");
  check.CountryCode(address.country_code, "address.country_code");
}

void CheckEmergencyContact(const EmergencyContact& contact, ProfileCheck& check) {
  check.Line(contact.name, kMaxContactCharacters, "emergency_contact.name");
  check.Line(contact.relationship, kMaxContactCharacters, "emergency_contact.relationship");
  if (!contact.phone.empty()) check.Phone(contact.phone, "emergency_contact.phone");
}

}  // namespace

PatientProfile Normalized(PatientProfile profile) {
  Normalize(profile.given_name, kMaxNameCharacters);
  Normalize(profile.family_name, kMaxNameCharacters);
  Normalize(profile.gender_identity, kMaxGenderIdentityCharacters);
  Normalize(profile.email, kMaxEmailBytes);
  NormalizeLines(profile.address.lines);
  Normalize(profile.address.city, kMaxAddressCharacters);
  Normalize(profile.address.region, kMaxAddressCharacters);
  Normalize(profile.address.postal_code, kMaxAddressCharacters);
  Normalize(profile.health_card_number, kMaxHealthCardCharacters);
  Normalize(profile.emergency_contact.name, kMaxContactCharacters);
  Normalize(profile.emergency_contact.relationship, kMaxContactCharacters);
  // What has to be ASCII has nothing to compose.
  for (std::string& phone : profile.phones) Trim(phone);
  Trim(profile.address.country_code);
  Trim(profile.emergency_contact.phone);
  return profile;
}

void CheckProfile(const PatientProfile& profile, absl::CivilDay latest_birth_date,
                  status::FieldViolations& violations) {
  ProfileCheck check(violations);
  check.Name(profile.given_name, "given_name");
  check.Name(profile.family_name, "family_name");
  check.Require(profile.birth_date >= kEarliestBirthDate && profile.birth_date <= latest_birth_date,
                "birth_date", "must be between 1850 and today");
  check.Line(profile.gender_identity, kMaxGenderIdentityCharacters, "gender_identity");
  check.Email(profile.email, "email");
  check.Require(profile.phones.size() <= kMaxPhones, "phones",
                absl::StrCat("must be at most ", kMaxPhones));
  for (size_t i = 0; i < profile.phones.size(); ++i) {
    check.Phone(profile.phones[i], absl::StrCat("phones[", i, "]"));
  }
  CheckAddress(profile.address, check);
  check.Line(profile.health_card_number, kMaxHealthCardCharacters, "health_card_number");
  CheckEmergencyContact(profile.emergency_contact, check);
}

void CheckStaffNotes(absl::string_view staff_notes, status::FieldViolations& violations) {
  text::CheckText(staff_notes, kMaxStaffNotesCharacters, "patient.staff_notes", violations);
}

void CheckDeath(PatientState state, std::optional<absl::CivilDay> deceased_date,
                absl::CivilDay birth_date, absl::CivilDay latest_today,
                status::FieldViolations& violations) {
  if (!deceased_date.has_value()) return;
  if (state != PatientState::kDeceased) {
    violations.Add("patient.deceased_date", "is for patients whose state is deceased");
  } else if (*deceased_date < birth_date || *deceased_date > latest_today) {
    violations.Add("patient.deceased_date", "must be between the date of birth and today");
  }
}

absl::Status CheckNotMerged(const std::optional<id::PatientId>& merged_into) {
  if (!merged_into.has_value()) return absl::OkStatus();
  return PatientMerged(*merged_into);
}

namespace {

template <typename Field>
void Take(const std::optional<Field>& change, Field& field) {
  if (change.has_value()) field = *change;
}

void TakeProfile(const PatientChange& change, PatientProfile& profile) {
  Take(change.given_name, profile.given_name);
  Take(change.family_name, profile.family_name);
  Take(change.birth_date, profile.birth_date);
  Take(change.gender, profile.gender);
  Take(change.sex_at_birth, profile.sex_at_birth);
  Take(change.gender_identity, profile.gender_identity);
  Take(change.email, profile.email);
  Take(change.phones, profile.phones);
  Take(change.address, profile.address);
  Take(change.health_card_number, profile.health_card_number);
  Take(change.emergency_contact, profile.emergency_contact);
}

}  // namespace

void CheckChange(const PatientChange& change, absl::CivilDay latest_today,
                 status::FieldViolations& violations) {
  // What the change does not name is valid, as it is in the record.
  PatientProfile profile{
      .given_name = "x", .family_name = "x", .birth_date = absl::CivilDay(1970, 1, 1)};
  TakeProfile(change, profile);
  CheckProfile(profile, latest_today, violations);
  if (change.staff_notes.has_value()) CheckStaffNotes(*change.staff_notes, violations);
}

Patient Changed(const Patient& patient, const PatientChange& change, absl::Time now) {
  Patient after = patient;
  TakeProfile(change, after.profile);
  Take(change.staff_notes, after.staff_notes);
  Take(change.state, after.state);
  if (after.state != PatientState::kDeceased) after.deceased_date = std::nullopt;
  Take(change.deceased_date, after.deceased_date);
  after.version = patient.version + 1;
  after.updated_at = now;
  return after;
}

std::string DisplayName(const PatientProfile& profile) {
  const std::string name = absl::StrCat(profile.given_name, " ", profile.family_name);
  return std::string(text::Trimmed(text::CutToBytes(name, kMaxDisplayNameBytes)));
}

}  // namespace portal::records
