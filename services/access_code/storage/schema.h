#ifndef SERVICES_ACCESS_CODE_STORAGE_SCHEMA_H_
#define SERVICES_ACCESS_CODE_STORAGE_SCHEMA_H_

#include <vector>

#include "libs/db/migrations.h"
#include "libs/db/pool.h"

namespace portal::access_code {

// Adds the statements of the stores, and what the violation of a constraint means, to the options
// of a pool that they use.
void AddSchema(db::PoolOptions& options);

// What must be deployed before the service runs.
std::vector<db::MigrationNeeds> NeededMigrations();

}  // namespace portal::access_code

#endif  // SERVICES_ACCESS_CODE_STORAGE_SCHEMA_H_
