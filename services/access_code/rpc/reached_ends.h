#ifndef SERVICES_ACCESS_CODE_RPC_REACHED_ENDS_H_
#define SERVICES_ACCESS_CODE_RPC_REACHED_ENDS_H_

#include <vector>

#include "absl/status/status.h"
#include "libs/db/session.h"
#include "libs/outbox/outbox.h"
#include "libs/time/clock.h"
#include "services/access_code/domain/grant.h"

namespace portal::access_code {

// Whoever comes upon grants whose end has come, and marks them, tells their holders and the audit
// trail: the sweep, or a redemption or merge that they are in the way of.
absl::Status NoteReachedEnds(db::Transaction& transaction, const outbox::Outbox& outbox,
                             const time::Clock& clock, const std::vector<Grant>& ended);

}  // namespace portal::access_code

#endif  // SERVICES_ACCESS_CODE_RPC_REACHED_ENDS_H_
