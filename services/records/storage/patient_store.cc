#include "services/records/storage/patient_store.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "libs/status/errors.h"
#include "libs/status/status_macros.h"
#include "services/records/domain/errors.h"
#include "services/records/domain/limits.h"
#include "services/records/storage/day.h"
#include "services/records/storage/queries.h"

namespace portal::records {
namespace {

// In the order of AdministrativeGender; patients_gender_check lists the same.
constexpr std::array<const char*, 5> kGenders = {"unspecified", "male", "female", "other",
                                                 "unknown"};

// In the order of SexAtBirth and PatientState; constraints of the same names list the same.
constexpr std::array<const char*, 5> kSexesAtBirth = {"unspecified", "male", "female", "intersex",
                                                      "unknown"};
constexpr std::array<const char*, 3> kStates = {"active", "inactive", "deceased"};

template <typename Names, typename Enum>
const char* NameIn(const Names& names, Enum value) {
  return names[static_cast<size_t>(value)];
}

// The first one for what no constraint lets in.
template <typename Enum, typename Names>
Enum ValueIn(const Names& names, absl::string_view name) {
  for (size_t i = 0; i < names.size(); ++i) {
    if (name == names[i]) return static_cast<Enum>(i);
  }
  return Enum();
}

std::optional<int64_t> OptionalDay(const std::optional<absl::CivilDay>& day) {
  return day.has_value() ? std::optional<int64_t>(DayNumber(*day)) : std::nullopt;
}

PatientProfile ProfileOf(const db::Row& row) {
  return {
      .given_name = row.Text("given_name"),
      .family_name = row.Text("family_name"),
      .birth_date = DayOf(row, "birth_day"),
      .gender = ValueIn<AdministrativeGender>(kGenders, row.Text("gender")),
      .sex_at_birth = ValueIn<SexAtBirth>(kSexesAtBirth, row.Text("sex_at_birth")),
      .gender_identity = row.Text("gender_identity"),
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
  const std::optional<int64_t> deceased_day = row.OptionalInt64("deceased_day");
  return {
      .id = row.Id<id::PatientId>("patient_id"),
      .clinic_id = row.Id<id::ClinicId>("clinic_id"),
      .profile = ProfileOf(row),
      .staff_notes = row.Text("staff_notes"),
      .state = ValueIn<PatientState>(kStates, row.Text("state")),
      .deceased_date = deceased_day.has_value()
                           ? std::optional<absl::CivilDay>(kFirstDay + *deceased_day)
                           : std::nullopt,
      .merged_into = row.OptionalId<id::PatientId>("merged_into_patient_id"),
      .version = row.Int64("version"),
      .created_at = row.Time("created_us"),
      .updated_at = row.Time("updated_us"),
  };
}

PatientSummary SummaryOf(const db::Row& row) {
  return {.id = row.Id<id::PatientId>("patient_id"),
          .given_name = row.Text("given_name"),
          .family_name = row.Text("family_name"),
          .birth_date = DayOf(row, "birth_day"),
          .email = row.Text("email"),
          .phones = row.TextArray("phones"),
          .state = ValueIn<PatientState>(kStates, row.Text("state"))};
}

DuplicateCandidate CandidateOf(const db::Row& row) {
  DuplicateCandidate candidate{.patient = SummaryOf(row)};
  const std::pair<const char*, DuplicateEvidence> columns[] = {
      {"is_same_person", DuplicateEvidence::kNameAndBirthDate},
      {"same_card", DuplicateEvidence::kHealthCardNumber},
      {"is_similar_person", DuplicateEvidence::kSimilarNameAndBirthDate},
      {"is_similar_contact", DuplicateEvidence::kSimilarNameAndContact},
  };
  for (const auto& [column, evidence] : columns) {
    if (row.Bool(column)) candidate.evidence.push_back(evidence);
  }
  return candidate;
}

std::vector<DuplicateCandidate> DuplicatesOf(db::Session& session, const id::ClinicId& clinic_id,
                                             const PatientProfile& profile) {
  std::vector<DuplicateCandidate> candidates;
  for (const db::Row& row : session.Exec(queries::kFindDuplicatePatients, clinic_id,
                                         absl::StrCat(profile.given_name, " ", profile.family_name),
                                         DayNumber(profile.birth_date), profile.health_card_number,
                                         profile.phones, profile.email, kMaxDuplicateCandidates)) {
    candidates.push_back(CandidateOf(row));
  }
  return candidates;
}

// Adds those of `rows` that are not there yet, up to `limit`.
void AddNew(const db::Rows& rows, int limit, std::vector<PatientSummary>& found) {
  absl::flat_hash_set<id::PatientId> known;
  for (const PatientSummary& patient : found) known.insert(patient.id);
  for (const db::Row& row : rows) {
    if (found.size() == static_cast<size_t>(limit)) return;
    PatientSummary patient = SummaryOf(row);
    if (known.insert(patient.id).second) found.push_back(std::move(patient));
  }
}

}  // namespace

void PatientStore::Insert(db::Transaction& transaction, const Patient& patient) const {
  const PatientProfile& profile = patient.profile;
  const PostalAddress& address = profile.address;
  const EmergencyContact& contact = profile.emergency_contact;
  transaction.Exec(queries::kInsertPatient, patient.id, patient.clinic_id, profile.given_name,
                   profile.family_name, DayNumber(profile.birth_date),
                   NameIn(kGenders, profile.gender), profile.email, profile.phones, address.lines,
                   address.city, address.region, address.postal_code, address.country_code,
                   profile.health_card_number, contact.name, contact.relationship, contact.phone,
                   patient.staff_notes, patient.version, patient.created_at, patient.updated_at,
                   NameIn(kSexesAtBirth, profile.sex_at_birth), profile.gender_identity,
                   NameIn(kStates, patient.state), OptionalDay(patient.deceased_date));
}

absl::StatusOr<Patient> PatientStore::GetForChange(db::Transaction& transaction,
                                                   const id::ClinicId& clinic_id,
                                                   const id::PatientId& patient_id) const {
  // Two statements, because the second one's snapshot is taken after the wait for the lock.
  transaction.Exec(queries::kLockPatientRow, clinic_id, patient_id);
  const auto row = transaction.Exec(queries::kGetPatient, clinic_id, patient_id).AtMostOne();
  if (!row.has_value()) return PatientNotFound();
  return PatientOf(*row);
}

absl::Status PatientStore::Update(db::Transaction& transaction, const Patient& before,
                                  const Patient& after) const {
  const PatientProfile& profile = after.profile;
  const PostalAddress& address = profile.address;
  const EmergencyContact& contact = profile.emergency_contact;
  const db::Rows updated = transaction.Exec(
      queries::kUpdatePatient, before.clinic_id, before.id, before.version, profile.given_name,
      profile.family_name, DayNumber(profile.birth_date), NameIn(kGenders, profile.gender),
      profile.email, profile.phones, address.lines, address.city, address.region,
      address.postal_code, address.country_code, profile.health_card_number, contact.name,
      contact.relationship, contact.phone, after.staff_notes, after.version, after.updated_at,
      NameIn(kSexesAtBirth, profile.sex_at_birth), profile.gender_identity,
      NameIn(kStates, after.state), OptionalDay(after.deceased_date));
  if (updated.affected() == 0) return status::EtagMismatch();
  return absl::OkStatus();
}

absl::StatusOr<std::vector<DuplicateCandidate>> PatientStore::FindDuplicates(
    const db::CallOptions& call, const id::ClinicId& clinic_id,
    const PatientProfile& profile) const {
  return pool_.Read(call,
                    [&](db::Session& session) -> absl::StatusOr<std::vector<DuplicateCandidate>> {
                      return DuplicatesOf(session, clinic_id, profile);
                    });
}

std::vector<DuplicateCandidate> PatientStore::HoldDuplicates(db::Transaction& transaction,
                                                             const id::ClinicId& clinic_id,
                                                             const PatientProfile& profile) const {
  transaction.Exec(queries::kLockDuplicateKeys, clinic_id,
                   absl::FormatCivilTime(profile.birth_date), profile.health_card_number);
  return DuplicatesOf(transaction, clinic_id, profile);
}

absl::StatusOr<std::vector<Patient>> PatientStore::Merge(db::Transaction& transaction,
                                                         const id::ClinicId& clinic_id,
                                                         const id::PatientId& staying_id,
                                                         const id::PatientId& merged_id,
                                                         const Merger& merger) const {
  // In one order, so that two merges of the same two wait for each other.
  for (const id::PatientId& patient_id :
       {std::min(staying_id, merged_id), std::max(staying_id, merged_id)}) {
    transaction.Exec(queries::kLockPatientRow, clinic_id, patient_id);
  }
  ASSIGN_OR_RETURN(const Patient staying, GetForChange(transaction, clinic_id, staying_id));
  ASSIGN_OR_RETURN(const Patient merged, GetForChange(transaction, clinic_id, merged_id));
  RETURN_IF_ERROR(CheckNotMerged(staying.merged_into));
  std::vector<Patient> changed;
  if (merged.merged_into == staying_id) return changed;
  RETURN_IF_ERROR(CheckNotMerged(merged.merged_into));
  const db::Rows rows =
      transaction.Exec(queries::kMergePatient, clinic_id, merged_id, staying_id, merger.now);
  for (const db::Row& row : rows) {
    ASSIGN_OR_RETURN(Patient patient,
                     GetForChange(transaction, clinic_id, row.Id<id::PatientId>("patient_id")));
    changed.push_back(std::move(patient));
  }
  transaction.Exec(queries::kMoveChartsOfPatient, clinic_id, merged_id, staying_id, merger.now,
                   merger.account_id, merger.display_name);
  return changed;
}

absl::StatusOr<std::vector<PatientSummary>> PatientStore::Search(const db::CallOptions& call,
                                                                 const id::ClinicId& clinic_id,
                                                                 const SearchTerms& terms,
                                                                 int limit) const {
  using Found = std::vector<PatientSummary>;
  return pool_.Read(call, [&](db::Session& session) -> absl::StatusOr<Found> {
    Found found;
    if (!terms.birth_dates.empty()) {
      std::vector<int64_t> days;
      for (const absl::CivilDay day : terms.birth_dates) days.push_back(DayNumber(day));
      AddNew(session.Exec(queries::kSearchPatientsByBirthDate, clinic_id, terms.names, terms.phone,
                          terms.email, days, limit),
             limit, found);
      return found;
    }
    AddNew(session.Exec(queries::kSearchPatients, clinic_id, terms.names, terms.phone, terms.email,
                        limit),
           limit, found);
    if (found.size() < kFewCandidates && !terms.names.empty()) {
      AddNew(session.Exec(queries::kSearchPatientsBySimilarName, clinic_id, terms.names,
                          terms.phone, terms.email, limit),
             limit, found);
    }
    return found;
  });
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

absl::Status HoldForChart(db::Transaction& transaction, const id::ClinicId& clinic_id,
                          const id::PatientId& patient_id) {
  const auto row =
      transaction.Exec(queries::kHoldPatientForChart, clinic_id, patient_id).AtMostOne();
  if (!row.has_value()) return PatientNotFound();
  return CheckNotMerged(row->OptionalId<id::PatientId>("merged_into_patient_id"));
}

}  // namespace portal::records
