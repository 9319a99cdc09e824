#include "services/access_code/rpc/grant_sweep.h"

#include <vector>

#include "libs/audit/event.h"
#include "libs/status/status_macros.h"
#include "services/access_code/domain/limits.h"
#include "services/access_code/rpc/notices.h"
#include "services/access_code/rpc/reached_ends.h"
#include "services/access_code/rpc/service_event.h"

namespace portal::access_code {

absl::StatusOr<bool> GrantSweep::Run() const {
  ASSIGN_OR_RETURN(const bool more_ended, EndPassed());
  ASSIGN_OR_RETURN(const bool more_coming, TellComingOfAge());
  return more_ended || more_coming;
}

absl::StatusOr<bool> GrantSweep::EndPassed() const {
  return pool_.Transact([&](db::Transaction& transaction) -> absl::StatusOr<bool> {
    const std::vector<Grant> ended = grants_.EndPassed(transaction, clock_.Now(), kBatch);
    RETURN_IF_ERROR(NoteReachedEnds(transaction, outbox_, clock_, ended));
    return ended.size() == kBatch;
  });
}

absl::StatusOr<bool> GrantSweep::TellComingOfAge() const {
  return pool_.Transact([&](db::Transaction& transaction) -> absl::StatusOr<bool> {
    const std::vector<GrantStore::ComingOfAge> coming =
        grants_.TakeComingOfAge(transaction, clock_.Now() + kComingOfAgeNotice, kBatch);
    if (coming.empty()) return false;
    std::vector<audit::Event> events;
    for (const GrantStore::ComingOfAge& patient : coming) {
      access_code::TellComingOfAge(transaction, outbox_, patient.clinic_id, patient.patient_id,
                                   patient.at);
      events.push_back(ServiceEvent("access_code.ClinicToldOfComingOfAge", patient.clinic_id,
                                    patient.patient_id));
    }
    RETURN_IF_ERROR(audit::Append(transaction, clock_, events));
    return true;
  });
}

}  // namespace portal::access_code
