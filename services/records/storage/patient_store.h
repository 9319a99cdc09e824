#ifndef SERVICES_RECORDS_STORAGE_PATIENT_STORE_H_
#define SERVICES_RECORDS_STORAGE_PATIENT_STORE_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "libs/db/pool.h"
#include "libs/db/session.h"
#include "libs/id/ids.h"
#include "services/records/domain/patient.h"
#include "services/records/domain/patient_search.h"
#include "services/records/storage/position.h"

namespace portal::records {

// A profile with the clinic that keeps it.
struct ClinicProfile {
  id::ClinicId clinic_id;
  PatientProfile profile;
};

// As much of a record as tells one patient from another in a list of those found.
struct PatientSummary {
  id::PatientId id;
  std::string given_name;
  std::string family_name;
  absl::CivilDay birth_date;
  std::string email;
  std::vector<std::string> phones;
  PatientState state = PatientState::kActive;
};

struct DuplicateCandidate {
  PatientSummary patient;
  std::vector<DuplicateEvidence> evidence;  // at least one
};

// The official records. Thread-safe. Besides the errors named, what libs/db/pool.h lists.
class PatientStore {
 public:
  // `pool` outlives the store.
  explicit PatientStore(db::Pool& pool) : pool_(pool) {}

  void Insert(db::Transaction& transaction, const Patient& patient) const;

  // PATIENT_NOT_FOUND unless the clinic has the patient.
  absl::StatusOr<Patient> Get(const db::CallOptions& call, const id::ClinicId& clinic_id,
                              const id::PatientId& patient_id) const;

  // The record as it is, and nobody else changes it until the transaction ends. PATIENT_NOT_FOUND
  // unless the clinic has it.
  absl::StatusOr<Patient> GetForChange(db::Transaction& transaction, const id::ClinicId& clinic_id,
                                       const id::PatientId& patient_id) const;
  // Makes `before`, as GetForChange returned it, `after`. ETAG_MISMATCH if `before` is not what is
  // stored.
  absl::Status Update(db::Transaction& transaction, const Patient& before,
                      const Patient& after) const;

  // At most kMaxDuplicateCandidates of the clinic's patients who may be the person of the profile,
  // the strongest evidence first.
  absl::StatusOr<std::vector<DuplicateCandidate>> FindDuplicates(
      const db::CallOptions& call, const id::ClinicId& clinic_id,
      const PatientProfile& profile) const;
  // The same for a record that is about to be made; nobody else makes one with its birth date or
  // health-card number until the transaction ends.
  std::vector<DuplicateCandidate> HoldDuplicates(db::Transaction& transaction,
                                                 const id::ClinicId& clinic_id,
                                                 const PatientProfile& profile) const;

  // Merges one record into another. The records that say something new now: none if that was done
  // before. PATIENT_NOT_FOUND unless the clinic has both, PATIENT_MERGED if one of them was merged
  // into another record. `merger` is who does it.
  struct Merger {
    id::AccountId account_id;
    std::string display_name;
    absl::Time now;
  };
  absl::StatusOr<std::vector<Patient>> Merge(db::Transaction& transaction,
                                             const id::ClinicId& clinic_id,
                                             const id::PatientId& staying_id,
                                             const id::PatientId& merged_id,
                                             const Merger& merger) const;

  // The clinic's patients whom the terms fit, at most `limit`: those that fit by the letter by
  // name, and, if these are fewer than kFewCandidates, similar ones after them.
  absl::StatusOr<std::vector<PatientSummary>> Search(const db::CallOptions& call,
                                                     const id::ClinicId& clinic_id,
                                                     const SearchTerms& terms, int limit) const;

  // At most `limit` of the clinic's patients.
  absl::StatusOr<std::vector<Patient>> List(const db::CallOptions& call,
                                            const id::ClinicId& clinic_id,
                                            const PatientPosition& after, int limit) const;

  // For account holders: the caller sees to the grant. PATIENT_NOT_FOUND.
  absl::StatusOr<ClinicProfile> GetProfile(const db::CallOptions& call,
                                           const id::PatientId& patient_id) const;

 private:
  db::Pool& pool_;
};

// Whether the clinic has the patient, and whether there is such a patient at all.
bool IsPatientOf(db::Session& session, const id::ClinicId& clinic_id,
                 const id::PatientId& patient_id);
bool IsPatient(db::Session& session, const id::PatientId& patient_id);

// Nobody merges the patient until the transaction ends. PATIENT_NOT_FOUND unless the clinic has the
// patient, PATIENT_MERGED if that has happened.
absl::Status HoldForChart(db::Transaction& transaction, const id::ClinicId& clinic_id,
                          const id::PatientId& patient_id);

}  // namespace portal::records

#endif  // SERVICES_RECORDS_STORAGE_PATIENT_STORE_H_
