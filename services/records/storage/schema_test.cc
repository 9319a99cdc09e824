#include "services/records/storage/schema.h"

#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "libs/db/migrations.h"
#include "libs/testing/postgres_queries.h"
#include "services/records/storage/queries.h"
#include "services/records/storage/records_fixture.h"

namespace portal::records {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class SchemaTest : public RecordsFixture {};

TEST_F(SchemaTest, EveryStatementPreparesWithTheRightsOfTheAppRole) {
  testing::ExpectQueriesPrepare(database_.app, queries::kAll);
}

TEST_F(SchemaTest, TheMigrationsThatTheServiceNeedsAreThere) {
  EXPECT_OK(db::RequireMigrations(database_.app, NeededMigrations()));
}

TEST_F(SchemaTest, NoStatementReadsALargeTableFromEndToEnd) {
  Psql(R"(
    INSERT INTO patients (patient_id, clinic_id, given_name, family_name, birth_date, gender, email, phones,
                          address_lines, address_city, address_region, address_postal_code, address_country_code,
                          health_card_number, emergency_contact_name, emergency_contact_relationship,
                          emergency_contact_phone, staff_notes, version, created_at, updated_at)
    SELECT gen_random_uuid(), md5((i % 500)::text)::uuid, 'G' || i % 17, 'F' || i % 333, '2000-01-01', 'male', '', '{}',
           '{}', '', '', '', '', '', '', '', '', '', 1, now(), now()
    FROM generate_series(1, 5000) AS i;
    INSERT INTO plan_section_kinds
    SELECT md5(i::text)::uuid, 'k' || j, 't', j FROM generate_series(0, 499) AS i, generate_series(1, 11) AS j;
    INSERT INTO soap_charts
    SELECT gen_random_uuid(), clinic_id, patient_id, gen_random_uuid(), 'x', date '2026-01-01' - n, '', '', '', 1,
           now(), now(), now()
    FROM patients, generate_series(1, 3) AS n;
    INSERT INTO plan_sections
    SELECT clinic_id, soap_chart_id, 'k' || j, 'do' FROM soap_charts, generate_series(1, 2) AS j;
    INSERT INTO audit_events (event_id, occurred_at, actor_kind, actor_id, calling_service, clinic_id, patient_id,
                              resource_kind, resource_id, action, outcome, source_address, request_id, actor_name)
    SELECT gen_random_uuid(), now() - n * interval '1 second', 'staff', md5((n % 50)::text)::uuid, 'gateway',
           md5((n % 500)::text)::uuid, md5((n % 3000)::text)::uuid, '', '', 'records.GetPatient', 'OK', '', '', 'Dr'
    FROM generate_series(1, 150000) AS n;
    ANALYZE patients, patient_search_terms, patient_name_words, plan_section_kinds, soap_charts, plan_sections, audit_events;
  )");
  for (const db::Query& query : queries::kAll) {
    EXPECT_THAT(testing::SequentialScans(database_.app, query), IsEmpty()) << query.name;
  }
  // A page stops at its end: no list is sorted.
  for (const db::Query& query : {queries::kListPatients, queries::kListSoapCharts,
                                 queries::kListTreatmentPlans, queries::kListTreatmentPlansAtClinic,
                                 queries::kListAuditEvents, queries::kListAuditEventsOfActor}) {
    EXPECT_THAT(testing::PlanNodes(database_.app, query), Not(Contains(HasSubstr("Sort"))))
        << query.name;
  }
}

TEST_F(SchemaTest, NothingThatReadsPlansNamesTheOtherPartsOfAChart) {
  std::string sources = Psql("SELECT pg_get_viewdef('treatment_plans'::regclass)");
  int plan_queries = 0;
  for (const db::Query& query : queries::kAll) {
    if (!absl::StrContains(query.name, "TreatmentPlan")) continue;
    absl::StrAppend(&sources, query.sql);
    ++plan_queries;
  }
  EXPECT_EQ(plan_queries, 5);
  for (const char* column : {"subjective", "objective", "assessment", "*"}) {
    EXPECT_THAT(sources, Not(HasSubstr(column)));
  }
}

TEST_F(SchemaTest, AccountsReadNothingThatIsForStaffOnly) {
  EXPECT_THAT(std::string(queries::kGetPatientProfile.sql), Not(HasSubstr("staff_notes")));
  EXPECT_THAT(std::string(queries::kGetPatient.sql), HasSubstr("staff_notes"));
}

}  // namespace
}  // namespace portal::records
