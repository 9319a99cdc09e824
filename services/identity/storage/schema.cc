#include "services/identity/storage/schema.h"

#include "libs/audit/queries.h"
#include "libs/idempotency/queries.h"
#include "libs/outbox/queries.h"
#include "services/identity/domain/errors.h"
#include "services/identity/storage/queries.h"

namespace portal::identity {

void AddSchema(db::PoolOptions& options) {
  options.queries.insert(
      options.queries.end(),
      {queries::kAll, audit::queries::kAll, idempotency::queries::kAll, outbox::queries::kAll});
  options.constraint_errors["clinics_slug_key"] = ClinicSlugTaken;
  // Closed meanwhile.
  options.constraint_errors["sessions_account_open"] = CredentialsRejected;
  options.constraint_errors["second_factors_account_open"] = CredentialsRejected;
  options.constraint_errors["staff_members_account_open"] = CredentialsRejected;
  // Of an account that moves: its new address has an account meanwhile.
  options.constraint_errors["accounts_normalized_email_key"] = LinkRejected;
  // The account was invited under another address that it had.
  options.constraint_errors["staff_members_account_clinic_key"] = StaffExists;
}

std::vector<db::MigrationNeeds> NeededMigrations() {
  return {
      {.project = "foundation",
       .changes = {"audit", "outbox", "idempotency", "service_account_actors", "audit_reading"}},
      {.project = "identity",
       .changes = {"sessions", "clinics", "attempts", "link_attempts", "account_details",
                   "session_details", "known_devices", "password_resets", "second_factors",
                   "staff_changes", "clinic_settings", "session_endings", "service_accounts",
                   "service_account_endings", "account_directory", "mailbox_codes",
                   "account_closing", "email_changes", "clinic_directory"}}};
}

}  // namespace portal::identity
