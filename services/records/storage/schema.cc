#include "services/records/storage/schema.h"

#include "libs/audit/queries.h"
#include "libs/idempotency/queries.h"
#include "libs/outbox/queries.h"
#include "services/records/domain/errors.h"
#include "services/records/storage/queries.h"

namespace portal::records {

void AddSchema(db::PoolOptions& options) {
  options.queries.insert(
      options.queries.end(),
      {queries::kAll, audit::queries::kAll, idempotency::queries::kAll, outbox::queries::kAll});
  options.constraint_errors["soap_charts_patient_fkey"] = PatientNotFound;
  options.constraint_errors["soap_charts_locked"] = SoapChartLocked;
  options.constraint_errors["plan_sections_kind_fkey"] = PlanSectionKindUnknown;
}

std::vector<db::MigrationNeeds> NeededMigrations() {
  return {
      {.project = "foundation",
       .changes = {"audit", "outbox", "idempotency", "service_account_actors", "audit_reading"}},
      {.project = "records",
       .changes = {"plan_revisions", "chart_addenda", "plan_section_kinds_change", "plan_looks",
                   "patients_audit", "plan_notices", "patient_search_forms",
                   "plan_visibility_changes", "patient_name_words", "plan_visibility_recorded",
                   "record_accesses", "signed_plan_titles"}}};
}

}  // namespace portal::records
