#include "services/access_code/storage/patient_directory.h"

#include "libs/status/errors.h"
#include "services/access_code/storage/queries.h"

namespace portal::access_code {

absl::StatusOr<bool> PutPatient(db::Transaction& transaction, const Patient& patient) {
  const bool changed = !transaction
                            .Exec(queries::kPutPatient, patient.id, patient.clinic_id,
                                  patient.display_name, patient.version)
                            .empty();
  if (!changed && !IsPatientOf(transaction, patient.clinic_id, patient.id)) {
    return status::InvalidField("clinic_id", "is another one than the patient's");
  }
  return changed;
}

bool IsPatientOf(db::Session& session, const id::ClinicId& clinic_id,
                 const id::PatientId& patient_id) {
  return !session.Exec(queries::kFindPatientOfClinic, patient_id, clinic_id).empty();
}

}  // namespace portal::access_code
