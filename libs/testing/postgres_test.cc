#include "libs/testing/postgres.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <stdexcept>
#include <string>

namespace portal::testing {
namespace {

TEST(PostgresClusterTest, DatabasesAreMigratedAndApart) {
  const TestDatabase one = PostgresCluster::Shared().CreateDatabase("foundation");
  const TestDatabase two = PostgresCluster::Shared().CreateDatabase("foundation");
  Psql(one.owner, "CREATE TABLE only_here (id int); INSERT INTO only_here VALUES (7)");
  EXPECT_EQ(Psql(one.superuser, "SELECT id FROM only_here"), "7");
  EXPECT_EQ(Psql(two.superuser, "SELECT to_regclass('only_here') IS NULL"), "t");
  EXPECT_EQ(Psql(two.app, "SELECT count(*) FROM outbox_events"), "0");
}

TEST(PostgresClusterTest, AppRoleOwnsNothingAndReachesOnlyItsDatabase) {
  const TestDatabase database = PostgresCluster::Shared().CreateDatabase("foundation");
  const TestDatabase other = PostgresCluster::Shared().CreateEmptyDatabase("other");
  EXPECT_THROW(Psql(database.app, "CREATE TABLE mine (id int)"), std::runtime_error);
  EXPECT_THROW(Psql(database.app, "CREATE TEMP TABLE mine (id int)"), std::runtime_error);
  EXPECT_THROW(Psql(database.app, "DELETE FROM audit_events"), std::runtime_error);
  EXPECT_THROW(Psql(database.app, "UPDATE audit_events SET action = ''"), std::runtime_error);
  const std::string trespass =
      other.app.substr(0, other.app.find('@')) + database.app.substr(database.app.find('@'));
  EXPECT_THROW(Psql(trespass, "SELECT 1"), std::runtime_error);
}

TEST(PostgresClusterTest, DurableClusterKeepsCommitsThroughACrash) {
  PostgresCluster cluster({.durable = true});
  Psql(cluster.superuser(), "CREATE TABLE kept (id int); INSERT INTO kept VALUES (7)");
  cluster.Crash();
  EXPECT_THROW(Psql(cluster.superuser(), "SELECT 1"), std::runtime_error);
  cluster.Start();
  EXPECT_EQ(Psql(cluster.superuser(), "SELECT id FROM kept"), "7");
  EXPECT_EQ(Psql(cluster.superuser(), "SHOW fsync"), "on");
}

// A process that is killed cannot clean up after itself.
TEST(PostgresClusterTest, NothingIsLeftOfAKilledTest) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    PostgresCluster cluster;
    const std::string folder = cluster.superuser().substr(cluster.superuser().find("host=") + 5);
    if (write(ends[1], folder.data(), folder.size()) < 0) _exit(1);
    pause();
    _exit(0);
  }
  close(ends[1]);
  char buffer[100];
  const ssize_t size = read(ends[0], buffer, sizeof(buffer));
  ASSERT_GT(size, 0);
  const std::string folder(buffer, size);
  struct stat status;
  ASSERT_EQ(stat((folder + "/data/postmaster.pid").c_str(), &status), 0);
  ASSERT_EQ(kill(child, SIGKILL), 0);
  waitpid(child, nullptr, 0);
  // Removing the folder is the watchdog's last deed, after PostgreSQL has stopped.
  for (int i = 0; i < 3000 && stat(folder.c_str(), &status) == 0; ++i) usleep(10'000);
  EXPECT_NE(stat(folder.c_str(), &status), 0);
}

}  // namespace
}  // namespace portal::testing
