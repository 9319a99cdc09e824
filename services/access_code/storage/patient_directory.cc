#include "services/access_code/storage/patient_directory.h"

#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "libs/status/errors.h"
#include "libs/status/status_macros.h"
#include "services/access_code/domain/errors.h"
#include "services/access_code/storage/day.h"
#include "services/access_code/storage/grant_row.h"
#include "services/access_code/storage/queries.h"

namespace portal::access_code {
namespace {

using Survivor = std::optional<id::PatientId>;

// Whether the patient may be merged into `survivor`. Merges never make a circle, so following them
// comes to an end.
absl::Status CheckSurvivor(db::Transaction& transaction, const Patient& patient,
                           const id::PatientId& survivor) {
  for (Survivor next = survivor; next.has_value();) {
    if (*next == patient.id) {
      return status::InvalidField("merged_into_patient_id", "was merged into this patient");
    }
    const auto known = transaction.Exec(queries::kGetKnownPatient, *next).AtMostOne();
    if (!known.has_value()) return PatientNotFound();
    if (known->Id<id::ClinicId>("clinic_id") != patient.clinic_id) {
      return status::InvalidField("merged_into_patient_id", "is another clinic's patient");
    }
    next = known->OptionalId<id::PatientId>("merged_into_patient_id");
  }
  return absl::OkStatus();
}

// Returns the grants whose end had come.
std::vector<Grant> Move(db::Transaction& transaction, const id::PatientId& merged,
                        const id::PatientId& survivor, absl::Time now) {
  // Codes first: whoever is redeeming one has made its grant, or will make it for the survivor.
  transaction.Exec(queries::kMoveAccessCodes, merged, survivor);
  std::vector<Grant> ended = GrantsOf(
      transaction.Exec(queries::kEndPassedGrantsOfPatients, std::vector{merged, survivor}, now));
  transaction.Exec(queries::kEndGrantsLeftByMerge, merged, survivor, now);
  transaction.Exec(queries::kMoveGrants, merged, survivor);
  transaction.Exec(queries::kAgeGrantsOfPatient, survivor);
  return ended;
}

}  // namespace

absl::StatusOr<PatientPut> PutPatient(db::Transaction& transaction, const Patient& patient,
                                      absl::Time now) {
  if (patient.merged_into.has_value()) {
    RETURN_IF_ERROR(CheckSurvivor(transaction, patient, *patient.merged_into));
    transaction.Exec(queries::kLockAccessCodes, patient.id);
  }
  // The clinic's age stays what it is until the grants' ends are computed with it, as a changed age
  // waits for a birth date that is being corrected.
  transaction.Exec(queries::kLockClinic, patient.clinic_id);
  const auto put =
      transaction
          .Exec(queries::kPutPatient, patient.id, patient.clinic_id, patient.display_name,
                patient.version, DayNumber(patient.birth_date), patient.merged_into)
          .AtMostOne();
  if (!put.has_value()) {
    if (IsPatientOf(transaction, patient.clinic_id, patient.id)) return PatientPut();
    return status::InvalidField("clinic_id", "is another one than the patient's");
  }
  transaction.Exec(queries::kAgeGrantsOfPatient, patient.id);
  PatientPut result = {.is_newer = true};
  id::PatientId merged = patient.id;
  for (Survivor survivor = put->OptionalId<id::PatientId>("merged_into_patient_id");
       survivor.has_value();) {
    std::vector<Grant> ended = Move(transaction, merged, *survivor, now);
    result.ended.insert(result.ended.end(), ended.begin(), ended.end());
    merged = *survivor;
    survivor = transaction.Exec(queries::kGetKnownPatient, merged)
                   .One()
                   .OptionalId<id::PatientId>("merged_into_patient_id");
  }
  return result;
}

id::PatientId SurvivorOf(db::Session& session, const id::PatientId& patient_id) {
  id::PatientId survivor = patient_id;
  while (true) {
    const auto known = session.Exec(queries::kGetKnownPatient, survivor).AtMostOne();
    const Survivor next = known.has_value()
                              ? known->OptionalId<id::PatientId>("merged_into_patient_id")
                              : std::nullopt;
    if (!next.has_value()) return survivor;
    survivor = *next;
  }
}

bool IsPatientOf(db::Session& session, const id::ClinicId& clinic_id,
                 const id::PatientId& patient_id) {
  return !session.Exec(queries::kFindPatientOfClinic, patient_id, clinic_id).empty();
}

}  // namespace portal::access_code
