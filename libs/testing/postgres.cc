#include "libs/testing/postgres.h"

#include <fcntl.h>
#include <pwd.h>
#include <signal.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>
#include <vector>

#include "libs/testing/program.h"

extern char** environ;

namespace portal::testing {

namespace {

constexpr char kPrograms[] = "/usr/lib/postgresql/15/bin/";
// A loaded machine takes seconds; nothing waits this long otherwise.
constexpr std::chrono::seconds kPatience(60);

// PostgreSQL refuses to run as root.
std::vector<std::string> AsPostgres(std::vector<std::string> command) {
  if (geteuid() != 0) return command;
  std::vector<std::string> prefixed = {"/usr/sbin/runuser", "-u", "postgres", "--"};
  prefixed.insert(prefixed.end(), command.begin(), command.end());
  return prefixed;
}

std::string MakeFolder() {
  // A unix socket's path is limited to 107 bytes, so not in TEST_TMPDIR.
  std::string folder = "/tmp/portal-pg-XXXXXX";
  if (mkdtemp(folder.data()) == nullptr) throw std::runtime_error("cannot make " + folder);
  if (geteuid() == 0) {
    const passwd* user = getpwnam("postgres");
    if (user == nullptr || chown(folder.c_str(), user->pw_uid, user->pw_gid) != 0) {
      throw std::runtime_error("cannot give " + folder + " to the user postgres");
    }
  }
  return folder;
}

// A process outside of this one's process group that waits until this one ends, then stops the
// cluster and removes its folder.
pid_t StartWatchdog(const std::string& folder, int lifeline) {
  const std::string script = "read -r _; " + std::string(kPrograms) +
                             "pg_ctl -D \"$0\"/data -m immediate -w stop; "
                             "rm -rf \"$0\"";
  std::vector<std::string> command = AsPostgres({"/bin/sh", "-c", script, folder});
  std::vector<char*> arguments;
  for (std::string& argument : command) arguments.push_back(argument.data());
  arguments.push_back(nullptr);

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, lifeline, STDIN_FILENO);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID);
  pid_t pid;
  const int error =
      posix_spawnp(&pid, arguments[0], &actions, &attributes, arguments.data(), environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) throw std::runtime_error("cannot start the watchdog of " + folder);
  return pid;
}

std::string MigrationsFolder(const std::string& service) {
  return service == "foundation" ? "libs/db/migrations"
                                 : "services/" + service + "/storage/migrations";
}

// Whether a process runs; one that has ended may wait for its parent to notice.
bool Runs(pid_t pid) {
  std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
  std::string line;
  if (!std::getline(stat, line)) return false;
  const size_t state = line.rfind(") ");
  return state != std::string::npos && line[state + 2] != 'Z';
}

}  // namespace

PostgresCluster::PostgresCluster(ClusterOptions options)
    : folder_(MakeFolder()), superuser_(UrlFor("postgres", "postgres")), creator_(getpid()) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("pipe2 failed");
  lifeline_ = ends[1];
  watchdog_ = StartWatchdog(folder_, ends[0]);
  close(ends[0]);

  RunProgramOrThrow(
      AsPostgres({std::string(kPrograms) + "initdb", "--pgdata", folder_ + "/data", "--no-sync",
                  "--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C.UTF-8"}));
  server_flags_ =
      "-k " + folder_ + " -c listen_addresses= -c max_connections=200 -c shared_buffers=32MB";
  if (!options.durable) {
    server_flags_ += " -c fsync=off -c synchronous_commit=off -c full_page_writes=off";
  }
  Start();
}

PostgresCluster::~PostgresCluster() {
  if (getpid() != creator_) return;  // in a fork, such as a death test's
  close(lifeline_);
  waitpid(watchdog_, nullptr, 0);
}

PostgresCluster& PostgresCluster::Shared() {
  static PostgresCluster cluster;
  return cluster;
}

void PostgresCluster::Start() {
  RunProgramOrThrow(AsPostgres({std::string(kPrograms) + "pg_ctl", "-D", folder_ + "/data", "-l",
                                folder_ + "/log", "-o", server_flags_, "-w", "-t",
                                std::to_string(kPatience.count()), "start"}));
}

void PostgresCluster::Stop() {
  RunProgramOrThrow(AsPostgres({std::string(kPrograms) + "pg_ctl", "-D", folder_ + "/data", "-m",
                                "fast", "-w", "-t", std::to_string(kPatience.count()), "stop"}));
}

void PostgresCluster::Crash() {
  pid_t postmaster = 0;
  std::ifstream(folder_ + "/data/postmaster.pid") >> postmaster;
  if (postmaster <= 1) throw std::runtime_error("PostgreSQL does not run");
  kill(postmaster, SIGSTOP);  // so that the list stays complete
  std::istringstream listed(RunProgram({"pgrep", "--parent", std::to_string(postmaster)}).output);
  std::vector<pid_t> processes = {postmaster};
  for (pid_t pid; listed >> pid;) processes.push_back(pid);
  kill(postmaster, SIGKILL);
  // Its children notice and leave; a new postmaster would refuse to start beside them.
  const auto give_up = std::chrono::steady_clock::now() + kPatience;
  for (const pid_t pid : processes) {
    while (Runs(pid)) {
      if (std::chrono::steady_clock::now() > give_up) {
        throw std::runtime_error("PostgreSQL's processes outlive their postmaster");
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
  }
  // As long as its parent has not noticed, a new postmaster takes these for a living one's.
  unlink((folder_ + "/data/postmaster.pid").c_str());
  unlink((folder_ + "/.s.PGSQL.5432.lock").c_str());
}

std::string PostgresCluster::UrlFor(const std::string& role, const std::string& database) const {
  return "postgresql://" + role + "@/" + database + "?host=" + folder_;
}

TestDatabase PostgresCluster::UrlsFor(const std::string& service,
                                      const std::string& database) const {
  return {.name = database,
          .app = UrlFor("portal_" + service + "_app", database),
          .owner = UrlFor("portal_" + service + "_owner", database),
          .superuser = UrlFor("postgres", database)};
}

void PostgresCluster::EnsureRolesAndDatabase(const std::string& service,
                                             const std::string& database) {
  RunProgramOrThrow({"psql", "-X", "-q", "-v", "service=" + service, "-v", "database=" + database,
                     "-f", RunfilePath("deploy/postgres/service.sql"), superuser_});
}

TestDatabase PostgresCluster::CreateEmptyDatabase(const std::string& service) {
  std::lock_guard lock(mutex_);
  const std::string database = service + "_" + std::to_string(++databases_);
  EnsureRolesAndDatabase(service, database);
  return UrlsFor(service, database);
}

TestDatabase PostgresCluster::CreateDatabase(const std::string& service) {
  std::lock_guard lock(mutex_);
  const std::string origin = "portal_" + service;
  if (templates_.find(service) == templates_.end()) {
    EnsureRolesAndDatabase(service, origin);
    RunProgramOrThrow({"psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-f",
                       RunfilePath(MigrationsFolder(service) + "/schema.sql"),
                       UrlFor("postgres", origin)});
    templates_.insert(service);
  }
  const std::string database = service + "_" + std::to_string(++databases_);
  // A copy has no rights on the database itself: give the same as service.sql.
  Psql(superuser_, "CREATE DATABASE " + database + " TEMPLATE " + origin + " OWNER " + origin +
                       "_owner;\nREVOKE ALL ON DATABASE " + database +
                       " FROM PUBLIC;\nGRANT CONNECT ON DATABASE " + database + " TO " + origin +
                       "_app;");
  return UrlsFor(service, database);
}

std::string DumpMigratedSchema(const std::string& service) {
  PostgresCluster cluster;
  const TestDatabase database = cluster.CreateEmptyDatabase(service);
  RunProgramOrThrow(
      {RunfilePath("tools/migrate"), "deploy", service, "--database-url", database.owner});
  return RunProgramOrThrow({std::string(kPrograms) + "pg_dump", "-d", database.superuser});
}

std::string Psql(const std::string& url, const std::string& sql) {
  // From a file: with -c, several statements would be one transaction.
  std::string path = "/tmp/portal-psql-XXXXXX";
  const int file = mkstemp(path.data());
  if (file < 0) throw std::runtime_error("cannot make " + path);
  close(file);
  std::ofstream(path) << sql << "\n";
  ProgramResult result =
      RunProgram({"psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-f", path, url});
  unlink(path.c_str());
  if (result.exit_code != 0) throw std::runtime_error("psql: " + result.output);
  if (!result.output.empty() && result.output.back() == '\n') result.output.pop_back();
  return std::move(result.output);
}

}  // namespace portal::testing
