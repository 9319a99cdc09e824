#include "libs/db/migrations.h"

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "libs/testing/postgres.h"
#include "libs/testing/status_matchers.h"

namespace portal::db {
namespace {

using testing::FailsWith;
using testing::PostgresCluster;
using testing::Psql;
using testing::TestDatabase;

// As sqitch records a change.
void RecordChange(const TestDatabase& database, const std::string& project,
                  const std::string& change) {
  Psql(database.owner,
       absl::StrCat(
           "INSERT INTO sqitch.projects (project, uri, creator_name, creator_email) VALUES ('",
           project, "', NULL, 'x', 'x') ON CONFLICT DO NOTHING;",
           "INSERT INTO sqitch.changes VALUES ('", project, change, "', NULL, '", change, "', '",
           project, "', '', now(), 'x', 'x', now(), 'x', 'x')"));
}

TEST(RequireMigrationsTest, DatabaseWithTheNeededChangesFits) {
  const TestDatabase database = PostgresCluster::Shared().CreateDatabase("foundation");
  EXPECT_OK(RequireMigrations(database.app, {{"foundation", {"audit", "outbox"}, {}}}));
}

TEST(RequireMigrationsTest, MissingChangeIsNamed) {
  const TestDatabase database = PostgresCluster::Shared().CreateDatabase("foundation");
  const absl::Status status = RequireMigrations(
      database.app, {{"foundation", {"audit"}, {}}, {"records", {"soap_charts"}, {}}});
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_TRUE(absl::StrContains(status.message(), "records:soap_charts")) << status;
}

TEST(RequireMigrationsTest, EmptyDatabaseDoesNotFit) {
  const TestDatabase database = PostgresCluster::Shared().CreateEmptyDatabase("foundation");
  EXPECT_EQ(RequireMigrations(database.app, {{"foundation", {"audit"}, {}}}).code(),
            absl::StatusCode::kFailedPrecondition);
}

TEST(RequireMigrationsTest, OnlyKnownContractsOfTheProjectFit) {
  const TestDatabase database = PostgresCluster::Shared().CreateDatabase("foundation");
  RecordChange(database, "records", "soap_charts");
  RecordChange(database, "records", "contract_old_names");
  RecordChange(database, "other", "contract_unrelated");
  const auto fits = [&](std::vector<std::string> contracts) {
    return RequireMigrations(database.app, {{"records", {"soap_charts"}, std::move(contracts)}});
  };
  EXPECT_OK(fits({"contract_old_names"}));
  EXPECT_OK(fits({"contract_old_names", "contract_not_deployed_yet"}));
  const absl::Status status = fits({"contract_other"});
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_TRUE(absl::StrContains(status.message(), "records:contract_old_names")) << status;
}

TEST(RequireMigrationsTest, UnreachableDatabaseCannotBeTold) {
  EXPECT_THAT(RequireMigrations("postgresql:///none?host=/nonexistent", {}),
              FailsWith(absl::StatusCode::kUnavailable, "DEPENDENCY_UNAVAILABLE"));
}

// The foundation's own SQL.

TEST(TimeFunctionsTest, MicrosecondsAreExactFarFromNow) {
  const TestDatabase database = PostgresCluster::Shared().CreateDatabase("foundation");
  EXPECT_EQ(Psql(database.app,
                 "SET timezone = 'America/New_York';"
                 "SELECT bool_and(micros(from_micros(us)) = us AND"
                 "                from_micros(us) = timestamptz '1970-01-01 00:00:00 UTC' +"
                 "                                  us * interval '1 microsecond')"
                 "FROM (SELECT unnest(ARRAY[0, 1, -1, 1772355600123456, 999999, -62135596800000000,"
                 "      4102444799999999, 7258118400000001]) AS us) AS samples"),
            "t");
  EXPECT_EQ(Psql(database.app, "SELECT micros(NULL) IS NULL AND from_micros(NULL) IS NULL"), "t");
  // In a zone with daylight saving time; this hour exists twice there.
  EXPECT_EQ(Psql(database.app,
                 "SET timezone = 'America/New_York';"
                 "SELECT micros('2026-11-01 01:30:00-04'), micros('2026-11-01 01:30:00-05')"),
            "1793511000000000|1793514600000000");
}

TEST(TimeFunctionsTest, PlannerInlinesThem) {
  const TestDatabase database = PostgresCluster::Shared().CreateDatabase("foundation");
  const std::string plan = Psql(database.superuser,
                                "EXPLAIN (VERBOSE, COSTS OFF) SELECT micros(created_at) FROM "
                                "outbox_events WHERE available_at <= from_micros(attempts)");
  EXPECT_FALSE(absl::StrContains(plan, "micros(")) << plan;
}

TEST(AuditTableTest, SealedEventStaysInItsBatch) {
  const TestDatabase database = PostgresCluster::Shared().CreateDatabase("foundation");
  Psql(
      database.app,
      "INSERT INTO audit_events (event_id, occurred_at, actor_kind, calling_service, resource_kind,"
      "  resource_id, action, outcome, source_address, request_id)"
      "VALUES (gen_random_uuid(), now(), 'nobody', '', 'session', '', 'create', 'ok', '', '')");
  Psql(database.app, "UPDATE audit_events SET batch_no = 1");
  EXPECT_THROW(Psql(database.app, "UPDATE audit_events SET batch_no = 2"), std::runtime_error);
  EXPECT_THROW(Psql(database.app, "UPDATE audit_events SET batch_no = NULL"), std::runtime_error);
  EXPECT_THROW(Psql(database.app, "UPDATE audit_events SET action = 'x'"), std::runtime_error);
  EXPECT_THROW(Psql(database.app, "DELETE FROM audit_events"), std::runtime_error);
  EXPECT_THROW(Psql(database.app, "TRUNCATE audit_batches"), std::runtime_error);
  EXPECT_EQ(Psql(database.superuser, "SELECT action, batch_no FROM audit_events"), "create|1");
}

}  // namespace
}  // namespace portal::db
