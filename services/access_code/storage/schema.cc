#include "services/access_code/storage/schema.h"

#include "libs/audit/queries.h"
#include "libs/idempotency/queries.h"
#include "libs/outbox/queries.h"
#include "libs/status/errors.h"
#include "services/access_code/domain/errors.h"
#include "services/access_code/storage/queries.h"

namespace portal::access_code {

void AddSchema(db::PoolOptions& options) {
  options.queries.insert(
      options.queries.end(),
      {queries::kAll, audit::queries::kAll, idempotency::queries::kAll, outbox::queries::kAll});
  // The account redeems two codes for one patient at once.
  options.constraint_errors["grants_active"] = GrantExists;
  // Or two for one form.
  options.constraint_errors["form_accesses_active"] = GrantExists;
  // The same words were drawn twice: trying again draws others.
  options.constraint_errors["access_codes_digest_key"] = status::Contention;
}

std::vector<db::MigrationNeeds> NeededMigrations() {
  return {
      {.project = "foundation",
       .changes = {"audit", "outbox", "idempotency", "service_account_actors", "audit_reading"}},
      {.project = "access_code", .changes = {"closed_accounts", "redemption_attempts"}}};
}

}  // namespace portal::access_code
