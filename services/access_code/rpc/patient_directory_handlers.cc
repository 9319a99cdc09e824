#include "services/access_code/rpc/patient_directory_handlers.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "libs/audit/event.h"
#include "libs/rpc/call.h"
#include "libs/status/errors.h"
#include "libs/status/status_macros.h"
#include "services/access_code/domain/limits.h"
#include "services/access_code/domain/patient.h"
#include "services/access_code/rpc/convert.h"
#include "services/access_code/rpc/reached_ends.h"
#include "services/access_code/storage/patient_directory.h"

namespace portal::access_code {
namespace {

absl::StatusOr<Patient> ParsePatient(const v1::PutPatientRequest& request) {
  status::FieldViolations violations;
  const auto patient_id = id::PatientId::Parse("patient_id", request.patient_id());
  const auto clinic_id = id::ClinicId::Parse("clinic_id", request.clinic_id());
  violations.Add(patient_id.status());
  violations.Add(clinic_id.status());
  if (request.display_name().empty() || request.display_name().size() > kMaxDisplayNameBytes) {
    violations.Add("display_name", absl::StrCat("must have 1 to ", kMaxDisplayNameBytes, " bytes"));
  }
  if (request.version() < 1) violations.Add("version", "must be at least 1");
  const auto birth_date =
      ParseBirthDate("birth_date", request.has_birth_date(), request.birth_date());
  violations.Add(birth_date.status());
  std::optional<id::PatientId> merged_into;
  if (!request.merged_into_patient_id().empty()) {
    const auto survivor =
        id::PatientId::Parse("merged_into_patient_id", request.merged_into_patient_id());
    violations.Add(survivor.status());
    merged_into = survivor.value_or(id::PatientId());
  }
  RETURN_IF_ERROR(violations.ToStatus());
  return Patient{.id = *patient_id,
                 .clinic_id = *clinic_id,
                 .display_name = request.display_name(),
                 .version = request.version(),
                 .birth_date = *birth_date,
                 .merged_into = merged_into};
}

}  // namespace

absl::StatusOr<v1::PutPatientResponse> PatientDirectoryHandlers::PutPatient(
    const rpc::Context& context, const v1::PutPatientRequest& request) {
  ASSIGN_OR_RETURN(const Patient patient, ParsePatient(request));
  const auto put = [&](db::Transaction& transaction) -> absl::Status {
    ASSIGN_OR_RETURN(const PatientPut put,
                     access_code::PutPatient(transaction, patient, deps_.clock.Now()));
    if (!put.is_newer) return absl::OkStatus();
    RETURN_IF_ERROR(NoteReachedEnds(transaction, deps_.outbox, deps_.clock, put.ended));
    audit::Event event = context.AuditEvent();
    event.clinic_id = patient.clinic_id;
    event.patient_id = patient.id;
    return audit::Append(transaction, deps_.clock, {event});
  };
  RETURN_IF_ERROR(deps_.pool.Transact(rpc::CallOf(context), put));
  return v1::PutPatientResponse();
}

}  // namespace portal::access_code
