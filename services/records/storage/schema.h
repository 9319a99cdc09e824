#ifndef SERVICES_RECORDS_STORAGE_SCHEMA_H_
#define SERVICES_RECORDS_STORAGE_SCHEMA_H_

#include <vector>

#include "libs/db/migrations.h"
#include "libs/db/pool.h"

namespace portal::records {

// Adds the statements of the stores, and what the violation of a constraint means, to the options
// of a pool that they use.
void AddSchema(db::PoolOptions& options);

// What must be deployed before the service runs.
std::vector<db::MigrationNeeds> NeededMigrations();

}  // namespace portal::records

#endif  // SERVICES_RECORDS_STORAGE_SCHEMA_H_
