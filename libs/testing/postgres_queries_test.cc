#include "libs/testing/postgres_queries.h"

#include "gmock/gmock.h"
#include "gtest/gtest-spi.h"
#include "gtest/gtest.h"
#include "libs/testing/postgres.h"

namespace portal::testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr db::Query kById{"FindById", "SELECT name FROM items WHERE id = $1"};
constexpr db::Query kByName{
    "FindByName", "WITH n AS (SELECT id FROM items WHERE name = $1) SELECT id FROM n LIMIT 10"};
constexpr db::Query kDelete{"DeleteItem", "DELETE FROM items WHERE id = $1"};
constexpr db::Query kNone{"Now", "SELECT now()"};
constexpr db::Query kWrong{"Wrong", "SELECT absent FROM items"};

const TestDatabase& Database() {
  static const TestDatabase database = [] {
    TestDatabase made = PostgresCluster::Shared().CreateEmptyDatabase("queries");
    Psql(made.owner,
         "CREATE TABLE items (id int CONSTRAINT items_pkey PRIMARY KEY, name text);"
         "INSERT INTO items SELECT i, 'item ' || i FROM generate_series(1, 10000) AS i;"
         "ANALYZE items; GRANT SELECT ON items TO portal_queries_app");
    return made;
  }();
  return database;
}

TEST(QueriesPrepareTest, StatementsThatFitPass) {
  ExpectQueriesPrepare(Database().app, {kById, kByName, kNone});
}

TEST(QueriesPrepareTest, StatementOffTheSchemaFails) {
  EXPECT_NONFATAL_FAILURE(ExpectQueriesPrepare(Database().app, {kWrong}), "Wrong");
}

TEST(QueriesPrepareTest, StatementWithoutTheRightFails) {
  EXPECT_NONFATAL_FAILURE(ExpectQueriesPrepare(Database().app, {kDelete}), "permission denied");
  ExpectQueriesPrepare(Database().owner, {kDelete});
}

TEST(PlanTest, IndexAndSequentialScansAreToldApart) {
  EXPECT_THAT(PlanNodes(Database().app, kById),
              ElementsAre("Index Scan on items using items_pkey"));
  EXPECT_THAT(SequentialScans(Database().app, kById), IsEmpty());
  EXPECT_THAT(PlanNodes(Database().app, kByName), ElementsAre("Limit", "Seq Scan on items"));
  EXPECT_THAT(SequentialScans(Database().app, kByName), ElementsAre("items"));
  EXPECT_THAT(PlanNodes(Database().owner, kDelete),
              Contains("Index Scan on items using items_pkey"));
}

}  // namespace
}  // namespace portal::testing
