#ifndef LIBS_TESTING_POSTGRES_QUERIES_H_
#define LIBS_TESTING_POSTGRES_QUERIES_H_

#include <string>
#include <vector>

#include "absl/types/span.h"
#include "libs/db/query.h"

// Checks of the statements in queries/*.sql against a migrated database.
namespace portal::testing {

// Expects that every statement can be prepared and planned by the role of `url` (a service's app
// role): that it fits the schema, and that the role was granted every right the statement needs.
void ExpectQueriesPrepare(const std::string& url, absl::Span<const db::Query> queries);

// The nodes of a statement's generic plan, in the planner's order from the top: "Limit",
// "Index Scan on patients using patients_pkey". Plans depend on the tables' sizes: fill those that
// will be large in production with thousands of rows, and ANALYZE them, first.
std::vector<std::string> PlanNodes(const std::string& url, const db::Query& query);

// The tables that the plan reads from end to end; for most statements there should be none.
std::vector<std::string> SequentialScans(const std::string& url, const db::Query& query);

}  // namespace portal::testing

#endif  // LIBS_TESTING_POSTGRES_QUERIES_H_
