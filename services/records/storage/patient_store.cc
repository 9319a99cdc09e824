#include "services/records/storage/patient_store.h"

#include <array>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/records/domain/errors.h"
#include "services/records/storage/day.h"
#include "services/records/storage/queries.h"

namespace portal::records {
namespace {

// In the order of AdministrativeGender; patients_gender_check lists the same.
constexpr std::array<const char*, 5> kGenders = {"unspecified", "male", "female", "other",
                                                 "unknown"};

const char* NameOf(AdministrativeGender gender) { return kGenders[static_cast<int>(gender)]; }

AdministrativeGender GenderOf(absl::string_view name) {
  for (size_t i = 0; i < kGenders.size(); ++i) {
    if (name == kGenders[i]) return static_cast<AdministrativeGender>(i);
  }
  return AdministrativeGender::kUnspecified;
}

PatientProfile ProfileOf(const db::Row& row) {
  return {
      .given_name = row.Text("given_name"),
      .family_name = row.Text("family_name"),
      .birth_date = DayOf(row, "birth_day"),
      .gender = GenderOf(row.Text("gender")),
      .email = row.Text("email"),
      .phones = row.TextArray("phones"),
      .address = {.lines = row.TextArray("address_lines"),
                  .city = row.Text("address_city"),
                  .region = row.Text("address_region"),
                  .postal_code = row.Text("address_postal_code"),
                  .country_code = row.Text("address_country_code")},
      .health_card_number = row.Text("health_card_number"),
      .emergency_contact = {.name = row.Text("emergency_contact_name"),
                            .relationship = row.Text("emergency_contact_relationship"),
                            .phone = row.Text("emergency_contact_phone")},
  };
}

Patient PatientOf(const db::Row& row) {
  return {
      .id = row.Id<id::PatientId>("patient_id"),
      .clinic_id = row.Id<id::ClinicId>("clinic_id"),
      .profile = ProfileOf(row),
      .staff_notes = row.Text("staff_notes"),
      .version = row.Int64("version"),
      .created_at = row.Time("created_us"),
      .updated_at = row.Time("updated_us"),
  };
}

}  // namespace

void PatientStore::Insert(db::Transaction& transaction, const Patient& patient) const {
  const PatientProfile& profile = patient.profile;
  const PostalAddress& address = profile.address;
  const EmergencyContact& contact = profile.emergency_contact;
  transaction.Exec(queries::kInsertPatient, patient.id, patient.clinic_id, profile.given_name,
                   profile.family_name, DayNumber(profile.birth_date), NameOf(profile.gender),
                   profile.email, profile.phones, address.lines, address.city, address.region,
                   address.postal_code, address.country_code, profile.health_card_number,
                   contact.name, contact.relationship, contact.phone, patient.staff_notes,
                   patient.version, patient.created_at, patient.updated_at);
}

absl::StatusOr<Patient> PatientStore::Get(const db::CallOptions& call,
                                          const id::ClinicId& clinic_id,
                                          const id::PatientId& patient_id) const {
  return pool_.Read(call, [&](db::Session& session) -> absl::StatusOr<Patient> {
    const auto row = session.Exec(queries::kGetPatient, clinic_id, patient_id).AtMostOne();
    if (!row.has_value()) return PatientNotFound();
    return PatientOf(*row);
  });
}

absl::StatusOr<std::vector<Patient>> PatientStore::List(const db::CallOptions& call,
                                                        const id::ClinicId& clinic_id,
                                                        const PatientPosition& after,
                                                        int limit) const {
  return pool_.Read(call, [&](db::Session& session) -> absl::StatusOr<std::vector<Patient>> {
    std::vector<Patient> patients;
    for (const db::Row& row : session.Exec(queries::kListPatients, clinic_id, after.family_name,
                                           after.given_name, after.id, limit)) {
      patients.push_back(PatientOf(row));
    }
    return patients;
  });
}

absl::StatusOr<ClinicProfile> PatientStore::GetProfile(const db::CallOptions& call,
                                                       const id::PatientId& patient_id) const {
  return pool_.Read(call, [&](db::Session& session) -> absl::StatusOr<ClinicProfile> {
    const auto row = session.Exec(queries::kGetPatientProfile, patient_id).AtMostOne();
    if (!row.has_value()) return PatientNotFound();
    return ClinicProfile{.clinic_id = row->Id<id::ClinicId>("clinic_id"),
                         .profile = ProfileOf(*row)};
  });
}

bool IsPatientOf(db::Session& session, const id::ClinicId& clinic_id,
                 const id::PatientId& patient_id) {
  return !session.Exec(queries::kFindPatientAtClinic, clinic_id, patient_id).empty();
}

bool IsPatient(db::Session& session, const id::PatientId& patient_id) {
  return !session.Exec(queries::kFindPatient, patient_id).empty();
}

}  // namespace portal::records
