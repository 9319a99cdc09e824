// Each service's changes can be taken back, and made again: what an operator does when a release
// has to go.
#include <sstream>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "libs/testing/postgres.h"
#include "libs/testing/program.h"

namespace portal {
namespace {

using testing::PostgresCluster;
using testing::TestDatabase;

// Tables, functions, triggers and rights, as SQL.
std::string Schema(const TestDatabase& database) {
  std::istringstream dump(testing::RunProgramOrThrow(
      {"pg_dump", "--schema-only", "--schema=public", "-d", database.superuser}));
  std::string schema;
  for (std::string line; std::getline(dump, line);) {
    // \restrict and \unrestrict carry a random key.
    if (!line.starts_with('\\')) schema += line + "\n";
  }
  return schema;
}

std::string Tables(const TestDatabase& database) {
  return testing::Psql(database.superuser,
                       "SELECT string_agg(tablename, ' ' ORDER BY tablename) FROM pg_tables "
                       "WHERE schemaname = 'public'");
}

void Sqitch(const std::string& service, const std::vector<std::string>& command,
            const TestDatabase& database) {
  std::vector<std::string> program = {
      "sqitch", "--chdir", testing::RunfilePath("services/" + service + "/storage/migrations")};
  program.insert(program.end(), command.begin(), command.end());
  program.insert(program.end(), {"--set", "app_role=portal_" + service + "_app",
                                 "db:pg:" + database.owner.substr(sizeof("postgresql:") - 1)});
  testing::RunProgramOrThrow(program);
}

class RevertTest : public ::testing::TestWithParam<std::string> {};

TEST_P(RevertTest, AllChangesAreTakenBackAndMadeAgain) {
  // Not from the dump that other tests load: PostgreSQL words what came from one differently.
  const TestDatabase database = PostgresCluster::Shared().CreateEmptyDatabase(GetParam());
  testing::RunProgramOrThrow({testing::RunfilePath("tools/migrate"), "deploy", GetParam(),
                              "--database-url", database.owner});
  const std::string migrated = Schema(database);
  Sqitch(GetParam(), {"revert", "-y"}, database);
  EXPECT_EQ(Tables(database), Tables(PostgresCluster::Shared().CreateDatabase("foundation")));
  Sqitch(GetParam(), {"deploy", "--verify"}, database);
  EXPECT_EQ(Schema(database), migrated);
}

INSTANTIATE_TEST_SUITE_P(Services, RevertTest,
                         ::testing::Values("access_code", "identity", "messaging", "records"),
                         [](const auto& service) { return service.param; });

}  // namespace
}  // namespace portal
