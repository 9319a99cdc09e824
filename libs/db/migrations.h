#ifndef LIBS_DB_MIGRATIONS_H_
#define LIBS_DB_MIGRATIONS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"

namespace portal::db {

// What a program needs of one sqitch project in its database.
struct MigrationNeeds {
  std::string project;
  // Changes that must be deployed; those they require need not be listed.
  std::vector<std::string> changes;
  // Changes whose name starts with "contract_" take away what older programs use. Those listed here
  // this program was written for; it may run before or after them.
  std::vector<std::string> known_contracts;
};

// Whether a program fits the database, to be asked before it serves. FAILED_PRECONDITION names a
// needed change that is not deployed or a deployed contract that is not known; UNAVAILABLE: cannot
// be told now. `conninfo` is the app role's.
absl::Status RequireMigrations(const std::string& conninfo, absl::Span<const MigrationNeeds> needs);

}  // namespace portal::db

#endif  // LIBS_DB_MIGRATIONS_H_
