#ifndef LIBS_TESTING_POSTGRES_H_
#define LIBS_TESTING_POSTGRES_H_

#include <sys/types.h>

#include <map>
#include <mutex>
#include <set>
#include <string>

namespace portal::testing {

// One database of a cluster, as libpq URIs for each who may connect.
struct TestDatabase {
  std::string name;
  std::string app;        // the service's role
  std::string owner;      // the role that migrates
  std::string superuser;  // for looking at anything
};

struct ClusterOptions {
  // Whether commits survive a crash of PostgreSQL, as in production; for tests that crash it. Off:
  // commits are quick.
  bool durable = false;
};

// A private PostgreSQL cluster: real, in a folder under /tmp, reachable over a unix socket only. It
// and its folder are gone when the process ends, however it ends. Failures throw std::runtime_error
// with what the failed program printed. Thread-safe.
//
// Tests that use it carry tags = ["no-sandbox"]: run as root, they run PostgreSQL as the user
// postgres.
class PostgresCluster {
 public:
  explicit PostgresCluster(ClusterOptions options = {});
  ~PostgresCluster();
  PostgresCluster(const PostgresCluster&) = delete;
  PostgresCluster& operator=(const PostgresCluster&) = delete;

  // The process's own, started when first asked for; for tests that do not crash it.
  static PostgresCluster& Shared();

  // A new database with the schema of `service`: a folder of services/ whose storage/migrations are
  // among the test's data, or "foundation". It was made with deploy/postgres and tools/migrate, as
  // everywhere, but only once (tools/bazel/migrations.bzl): sqitch takes seconds.
  TestDatabase CreateDatabase(const std::string& service);

  // A new database with its roles, nothing migrated.
  TestDatabase CreateEmptyDatabase(const std::string& service);

  // The cluster's "postgres" database.
  const std::string& superuser() const { return superuser_; }

  // Ends all connections and stops; returns when PostgreSQL has stopped.
  void Stop();
  // Kills the postmaster, as the kernel would when memory runs out.
  void Crash();
  void Start();

 private:
  std::string UrlFor(const std::string& role, const std::string& database) const;
  TestDatabase UrlsFor(const std::string& service, const std::string& database) const;
  void EnsureRolesAndDatabase(const std::string& service, const std::string& database);

  std::string folder_;
  std::string superuser_;
  std::string server_flags_;
  pid_t creator_;
  pid_t watchdog_ = -1;
  int lifeline_ = -1;  // the watchdog cleans up when its other end closes

  std::mutex mutex_;
  std::set<std::string> templates_;  // services with a migrated one; guarded by mutex_
  int databases_ = 0;                // made so far; guarded by mutex_
};

// Runs SQL through psql, each statement by itself; returns the rows, columns separated by '|'.
// Throws as above.
std::string Psql(const std::string& url, const std::string& sql);

// Migrates an empty database of a cluster of its own and returns it as SQL.
std::string DumpMigratedSchema(const std::string& service);

}  // namespace portal::testing

#endif  // LIBS_TESTING_POSTGRES_H_
