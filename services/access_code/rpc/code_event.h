#ifndef SERVICES_ACCESS_CODE_RPC_CODE_EVENT_H_
#define SERVICES_ACCESS_CODE_RPC_CODE_EVENT_H_

#include "libs/audit/event.h"
#include "libs/id/ids.h"
#include "libs/rpc/context.h"

namespace portal::access_code {

// What a call did with an access code of either kind.
inline audit::Event CodeEvent(const rpc::Context& context, const id::AccessCodeId& access_code_id,
                              const id::ClinicId& clinic_id, const id::PatientId& patient_id) {
  audit::Event event = context.AuditEvent();
  event.clinic_id = clinic_id;
  event.patient_id = patient_id;
  event.resource_kind = "access_code";
  event.resource_id = access_code_id.ToString();
  return event;
}

}  // namespace portal::access_code

#endif  // SERVICES_ACCESS_CODE_RPC_CODE_EVENT_H_
