#ifndef SERVICES_ACCESS_CODE_DOMAIN_FORM_ACCESS_H_
#define SERVICES_ACCESS_CODE_DOMAIN_FORM_ACCESS_H_

#include "libs/id/ids.h"

namespace portal::access_code {

// A form assigned to a patient. The service that owns assignments says which is whose; here it is a
// name for what a code opens.
using FormAssignmentId = id::Id<struct FormAssignmentTag>;

// An assignment that an account opened with a code. The clinic and the patient are the code's.
struct FormAccess {
  id::AccessCodeId access_code_id;
  id::ClinicId clinic_id;
  id::PatientId patient_id;
  FormAssignmentId form_assignment_id;
};

}  // namespace portal::access_code

#endif  // SERVICES_ACCESS_CODE_DOMAIN_FORM_ACCESS_H_
