#ifndef SERVICES_ACCESS_CODE_RPC_NOTICES_H_
#define SERVICES_ACCESS_CODE_RPC_NOTICES_H_

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "libs/db/session.h"
#include "libs/id/ids.h"
#include "libs/outbox/outbox.h"
#include "services/access_code/domain/access_code.h"
#include "services/access_code/domain/grant.h"

// Who is told what of codes and grants, through messaging. Each goes with the transaction of its
// cause.
namespace portal::access_code {

// Another account may see the patient now: told to those who could before, and to the clinic.
void TellAccessGranted(db::Transaction& transaction, const outbox::Outbox& outbox,
                       const id::ClinicId& clinic_id, const id::PatientId& patient_id,
                       const std::vector<id::AccountId>& holders);

// The grant has ended, and its holder did not ask for it.
void TellAccessEnded(db::Transaction& transaction, const outbox::Outbox& outbox,
                     const Grant& grant);

// The clinic's patient comes of age.
void TellComingOfAge(db::Transaction& transaction, const outbox::Outbox& outbox,
                     const id::ClinicId& clinic_id, const id::PatientId& patient_id, absl::Time at);

// A code, which staff were asked to send, to an address that need not be an account's.
void SendAccessCode(db::Transaction& transaction, const outbox::Outbox& outbox,
                    const AccessCode& code, const std::string& words, const std::string& link,
                    const std::string& email);

// The patient has a new or changed treatment plan: told to the holder of a grant.
void TellNewTreatmentPlan(db::Transaction& transaction, const outbox::Outbox& outbox,
                          const id::ClinicId& clinic_id, const id::PatientId& patient_id,
                          const id::AccountId& holder);

}  // namespace portal::access_code

#endif  // SERVICES_ACCESS_CODE_RPC_NOTICES_H_
