#include "services/messaging/storage/queries.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/testing/postgres.h"
#include "libs/testing/postgres_queries.h"

namespace portal::messaging {
namespace {

using ::testing::IsEmpty;

class QueriesTest : public ::testing::Test {
 protected:
  // As large as a plan has to be chosen for; many notices are still to be sent, a few dead.
  void Fill() {
    testing::Psql(database_.superuser, R"sql(
      INSERT INTO accounts SELECT gen_random_uuid(), 'a' || n || '@example.org', 'en', 1
      FROM generate_series(1, 20000) AS n;
      INSERT INTO clinics SELECT gen_random_uuid(), 'Clinic ' || n, 'c' || n || '@example.org', 'fr', 1
      FROM generate_series(1, 20000) AS n;
      INSERT INTO notices (event_id, source_service, kind, created_at, accepted_at, try_until)
      SELECT gen_random_uuid(), 'identity', 'verify_email', at, at, at + interval '3 days'
      FROM (SELECT now() - n * interval '1 minute' AS at FROM generate_series(1, 50000) AS n) AS times;
      INSERT INTO outbox_events (event_id, topic, payload, created_at, available_at, dead_at)
      SELECT event_id, 'notice', ''::bytea, created_at, created_at,
             CASE WHEN row_number() OVER () % 50 = 0 THEN now() END
      FROM (SELECT event_id, created_at FROM notices LIMIT 20000) AS waiting;
      VACUUM ANALYZE;)sql");
  }

  const testing::TestDatabase database_ =
      testing::PostgresCluster::Shared().CreateDatabase("messaging");
};

TEST_F(QueriesTest, EveryStatementFitsTheSchemaAndTheRightsOfTheService) {
  testing::ExpectQueriesPrepare(database_.app, queries::kAll);
}

TEST_F(QueriesTest, NoStatementReadsATableFromEndToEnd) {
  Fill();
  for (const db::Query& query : queries::kAll) {
    EXPECT_THAT(testing::SequentialScans(database_.app, query), IsEmpty()) << query.name;
  }
}

}  // namespace
}  // namespace portal::messaging
