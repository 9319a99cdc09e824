#include "libs/db/migrations.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "libs/db/pool.h"
#include "libs/status/status_macros.h"

namespace portal::db {

namespace {

constexpr char kContractPrefix[] = "contract_";

// sqitch keeps its registry beside the tables. Two pools, because a statement on a table that is
// not there does not prepare.
constexpr Query kHasRegistry[] = {
    {"HasRegistry", "SELECT to_regclass('sqitch.changes') IS NOT NULL AS found"}};
constexpr Query kListChanges[] = {{"ListChanges", "SELECT project, change FROM sqitch.changes"}};

// "project:change"
using Changes = std::set<std::string>;

std::string Qualified(const std::string& project, const std::string& change) {
  return absl::StrCat(project, ":", change);
}

PoolOptions OneConnection(const std::string& conninfo, absl::Span<const Query> queries) {
  return {.conninfo = conninfo,
          .application_name = "migrations check",
          .size = 1,
          .read_only = true,
          .queries = {queries}};
}

absl::StatusOr<Changes> DeployedChanges(const std::string& conninfo) {
  Pool registry(OneConnection(conninfo, kHasRegistry));
  ASSIGN_OR_RETURN(const bool found, registry.Read([](Session& session) -> absl::StatusOr<bool> {
    return session.Exec(kHasRegistry[0]).One().Bool("found");
  }));
  if (!found) return Changes();
  Pool pool(OneConnection(conninfo, kListChanges));
  return pool.Read([](Session& session) -> absl::StatusOr<Changes> {
    Changes changes;
    for (const Row& row : session.Exec(kListChanges[0])) {
      changes.insert(Qualified(row.Text("project"), row.Text("change")));
    }
    return changes;
  });
}

absl::Status Check(const MigrationNeeds& needs, const Changes& deployed) {
  for (const std::string& change : needs.changes) {
    if (deployed.count(Qualified(needs.project, change)) == 0) {
      return absl::FailedPreconditionError(absl::StrCat("the database lacks the change ",
                                                        Qualified(needs.project, change),
                                                        ": run tools/migrate deploy"));
    }
  }
  const std::string contracts = Qualified(needs.project, kContractPrefix);
  for (const std::string& change : deployed) {
    if (!absl::StartsWith(change, contracts)) continue;
    const std::string name = change.substr(needs.project.size() + 1);
    if (std::count(needs.known_contracts.begin(), needs.known_contracts.end(), name) == 0) {
      return absl::FailedPreconditionError(absl::StrCat(
          "the database has ", change, ", which this program does not know: run a newer one"));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status RequireMigrations(const std::string& conninfo,
                               absl::Span<const MigrationNeeds> needs) {
  ASSIGN_OR_RETURN(const Changes deployed, DeployedChanges(conninfo));
  for (const MigrationNeeds& project : needs) RETURN_IF_ERROR(Check(project, deployed));
  return absl::OkStatus();
}

}  // namespace portal::db
