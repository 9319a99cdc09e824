#include "services/messaging/storage/schema.h"

#include "libs/audit/queries.h"
#include "libs/idempotency/queries.h"
#include "libs/outbox/queries.h"
#include "services/messaging/storage/queries.h"

namespace portal::messaging {

void AddSchema(db::PoolOptions& options) {
  options.queries.insert(
      options.queries.end(),
      {queries::kAll, audit::queries::kAll, idempotency::queries::kAll, outbox::queries::kAll});
}

std::vector<db::MigrationNeeds> NeededMigrations() {
  return {
      {.project = "foundation",
       .changes = {"audit", "outbox", "idempotency", "service_account_actors", "audit_reading"}},
      {.project = "messaging", .changes = {"directory", "notices"}}};
}

}  // namespace portal::messaging
