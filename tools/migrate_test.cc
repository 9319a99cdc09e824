// tools/migrate in a tree of its own, whose files a test may change.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/testing/postgres.h"
#include "libs/testing/program.h"

namespace portal {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using testing::PostgresCluster;
using testing::ProgramResult;
using testing::Psql;
using testing::TestDatabase;

class MigrateTest : public ::testing::Test {
 protected:
  void SetUp() override {
    fs::create_directories(root_ / "tools");
    Copy("tools/migrate");
    const fs::path foundation = "libs/db/migrations";
    const fs::path source = testing::RunfilePath(foundation);
    for (const auto& entry : fs::recursive_directory_iterator(
             source, fs::directory_options::follow_directory_symlink)) {
      if (!entry.is_directory()) Copy(foundation / entry.path().lexically_relative(source));
    }
    Write("sqitch.conf", "[core]\n\tengine = pg\n[deploy]\n\tverify = true\n\tmode = change\n");
    Write("sqitch.plan",
          "%syntax-version=1.0.0\n%project=sample\n\n"
          "things [foundation:audit] 2026-01-01T00:00:00Z me <me@localhost> # Things.\n");
    AddChange("things", "CREATE TABLE things (id int); GRANT SELECT ON things TO :\"app_role\"",
              "SELECT id FROM things WHERE false");
  }

  void TearDown() override { fs::remove_all(root_); }

  // The foundation is deployed in the database already, for that service's roles.
  ProgramResult Migrate(const std::string& command, const std::string& service = "sample") {
    return testing::RunProgram({Tool(), command, service, "--app-role", "portal_foundation_app",
                                "--database-url", database_.owner});
  }

  std::string Tool() const { return root_ / "tools/migrate"; }

  void Write(const fs::path& file, const std::string& text) {
    const fs::path path = root_ / "services/sample/storage/migrations" / file;
    fs::create_directories(path.parent_path());
    std::ofstream(path) << text;
  }

  void AddChange(const std::string& name, const std::string& deploy, const std::string& verify) {
    Write("deploy/" + name + ".sql", "BEGIN;\n" + deploy + ";\nCOMMIT;\n");
    Write("verify/" + name + ".sql", verify + ";\n");
  }

  void AppendToPlan(const std::string& name) {
    std::ofstream(root_ / "services/sample/storage/migrations/sqitch.plan", std::ios::app)
        << name << " 2026-01-02T00:00:00Z me <me@localhost> # More.\n";
  }

  std::string Deployed() {
    return Psql(database_.superuser,
                "SELECT string_agg(change, ' ' ORDER BY committed_at) FROM sqitch.changes "
                "WHERE project = 'sample'");
  }

  const TestDatabase database_ = PostgresCluster::Shared().CreateDatabase("foundation");

 private:
  static fs::path MakeRoot() {
    std::string path = fs::temp_directory_path() / "migrate-XXXXXX";
    return mkdtemp(path.data());
  }

  void Copy(const fs::path& file) {
    fs::create_directories((root_ / file).parent_path());
    fs::copy_file(testing::RunfilePath(file), root_ / file);
  }

  const fs::path root_ = MakeRoot();
};

TEST_F(MigrateTest, DeploysWhatIsPendingAndOnlyThat) {
  const ProgramResult first = Migrate("deploy");
  EXPECT_EQ(first.exit_code, 0) << first.output;
  EXPECT_EQ(Psql(database_.app, "SELECT count(*) FROM things"), "0");
  const ProgramResult again = Migrate("deploy");
  EXPECT_EQ(again.exit_code, 0) << again.output;
  EXPECT_THAT(again.output, HasSubstr("foundation: nothing to deploy"));
  EXPECT_THAT(again.output, HasSubstr("sample: nothing to deploy"));

  AppendToPlan("more");
  AddChange("more", "CREATE TABLE more (id int)", "SELECT id FROM more WHERE false");
  const ProgramResult later = Migrate("deploy");
  EXPECT_EQ(later.exit_code, 0) << later.output;
  EXPECT_THAT(later.output, HasSubstr("sample: deployed: more"));
  EXPECT_EQ(Deployed(), "things more");
}

TEST_F(MigrateTest, PlanSaysWhatDeployWouldDoAndChangesNothing) {
  const TestDatabase empty = PostgresCluster::Shared().CreateEmptyDatabase("sample");
  const ProgramResult plan =
      testing::RunProgram({Tool(), "plan", "sample", "--database-url", empty.owner});
  EXPECT_EQ(plan.exit_code, 0) << plan.output;
  EXPECT_THAT(plan.output, HasSubstr("foundation: would deploy: registry_access"));
  EXPECT_THAT(plan.output, HasSubstr("sample: would deploy: things"));
  EXPECT_EQ(Psql(empty.superuser, "SELECT count(*) FROM pg_namespace WHERE nspname = 'sqitch'"),
            "0");
  EXPECT_EQ(Psql(empty.superuser, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"),
            "0");
}

TEST_F(MigrateTest, StatusTellsDeployedFromPending) {
  ASSERT_EQ(Migrate("deploy").exit_code, 0);
  AppendToPlan("more");
  const ProgramResult status = Migrate("status");
  EXPECT_EQ(status.exit_code, 0) << status.output;
  EXPECT_THAT(status.output, HasSubstr("sample: deployed: things\nsample: pending: more"));
}

TEST_F(MigrateTest, VerifyFailsWhatIsPendingOrMissing) {
  EXPECT_EQ(Migrate("verify").exit_code, 1);
  ASSERT_EQ(Migrate("deploy").exit_code, 0);
  const ProgramResult verified = Migrate("verify");
  EXPECT_EQ(verified.exit_code, 0) << verified.output;
  Psql(database_.owner, "DROP TABLE things");
  EXPECT_EQ(Migrate("verify").exit_code, 1);
}

TEST_F(MigrateTest, EditedDeployedChangeIsRefusedByName) {
  ASSERT_EQ(Migrate("deploy").exit_code, 0);
  AddChange("things", "CREATE TABLE things (id bigint)", "SELECT id FROM things WHERE false");
  AppendToPlan("more");
  AddChange("more", "CREATE TABLE more (id int)", "SELECT id FROM more WHERE false");
  for (const std::string command : {"deploy", "plan", "verify"}) {
    const ProgramResult result = Migrate(command);
    EXPECT_EQ(result.exit_code, 1) << command;
    EXPECT_THAT(result.output, HasSubstr("sample:things was edited after it was deployed"));
  }
  EXPECT_EQ(Deployed(), "things");
  EXPECT_EQ(Migrate("status").exit_code, 0);
}

TEST_F(MigrateTest, DatabaseAheadOfTheCheckoutIsRefused) {
  AppendToPlan("more");
  AddChange("more", "CREATE TABLE more (id int)", "SELECT id FROM more WHERE false");
  ASSERT_EQ(Migrate("deploy").exit_code, 0);
  Write("sqitch.plan",
        "%syntax-version=1.0.0\n%project=sample\n\n"
        "things [foundation:audit] 2026-01-01T00:00:00Z me <me@localhost> # Things.\n");
  const ProgramResult result = Migrate("deploy");
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.output, HasSubstr("sample:more is deployed but not in this checkout's plan"));
}

TEST_F(MigrateTest, FailedChangeIsUndoneAndTheEarlierOnesStay) {
  AppendToPlan("more");
  AddChange("more", "CREATE TABLE more (id int); SELECT 1 / 0", "SELECT id FROM more WHERE false");
  EXPECT_EQ(Migrate("deploy").exit_code, 1);
  EXPECT_EQ(Deployed(), "things");
  EXPECT_EQ(Psql(database_.superuser, "SELECT to_regclass('more') IS NULL"), "t");
  AddChange("more", "CREATE TABLE more (id int)", "SELECT id FROM more WHERE false");
  EXPECT_EQ(Migrate("deploy").exit_code, 0);
  EXPECT_EQ(Deployed(), "things more");
}

TEST_F(MigrateTest, WrongUsageAndUnreachableDatabasesFail) {
  EXPECT_EQ(Migrate("depoly").exit_code, 2);
  EXPECT_EQ(Migrate("deploy", "unknown").exit_code, 2);
  EXPECT_EQ(Migrate("deploy", "all").exit_code, 2);  // one URL for all services
  const std::string nowhere = "postgresql:///sample?host=/nonexistent";
  for (const std::string command : {"status", "plan", "deploy", "verify"}) {
    EXPECT_EQ(testing::RunProgram({testing::RunfilePath("tools/migrate"), command, "foundation",
                                   "--database-url=" + nowhere})
                  .exit_code,
              1)
        << command;
  }
}

TEST_F(MigrateTest, AllPutsTheServicesNameIntoTheUrl) {
  const std::string template_url = database_.owner + "&application_name={service}";
  const ProgramResult result =
      testing::RunProgram({Tool(), "deploy", "all", "--app-role", "portal_foundation_app",
                           "--database-url", template_url});
  EXPECT_EQ(result.exit_code, 0) << result.output;
  EXPECT_EQ(Deployed(), "things");
}

TEST_F(MigrateTest, FoundationCanBeRevertedAndDeployedAgain) {
  testing::RunProgramOrThrow({"sqitch", "--chdir", testing::RunfilePath("libs/db/migrations"),
                              "revert", "-y", "--set", "app_role=portal_foundation_app",
                              "db:pg:" + database_.owner.substr(sizeof("postgresql:") - 1)});
  EXPECT_EQ(Psql(database_.superuser,
                 "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace"),
            "0");
  EXPECT_EQ(Psql(database_.superuser,
                 "SELECT count(*) FROM pg_proc WHERE pronamespace = 'public'::regnamespace"),
            "0");
  const ProgramResult again = Migrate("deploy", "foundation");
  EXPECT_EQ(again.exit_code, 0) << again.output;
}

}  // namespace
}  // namespace portal
