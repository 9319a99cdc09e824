#include "services/access_code/rpc/reached_ends.h"

#include "libs/audit/event.h"
#include "services/access_code/rpc/notices.h"
#include "services/access_code/rpc/service_event.h"

namespace portal::access_code {

absl::Status NoteReachedEnds(db::Transaction& transaction, const outbox::Outbox& outbox,
                             const time::Clock& clock, const std::vector<Grant>& ended) {
  if (ended.empty()) return absl::OkStatus();
  std::vector<audit::Event> events;
  for (const Grant& grant : ended) {
    TellAccessEnded(transaction, outbox, grant);
    audit::Event& event = events.emplace_back(
        ServiceEvent("access_code.GrantReachedItsEnd", grant.clinic_id, grant.patient_id));
    event.resource_kind = "grant";
    event.resource_id = grant.id.ToString();
  }
  return audit::Append(transaction, clock, events);
}

}  // namespace portal::access_code
