#ifndef SERVICES_MESSAGING_STORAGE_SCHEMA_H_
#define SERVICES_MESSAGING_STORAGE_SCHEMA_H_

#include <vector>

#include "libs/db/migrations.h"
#include "libs/db/pool.h"

namespace portal::messaging {

// Adds the statements of the stores to the options of a pool that they use.
void AddSchema(db::PoolOptions& options);

// What must be deployed before the service runs.
std::vector<db::MigrationNeeds> NeededMigrations();

}  // namespace portal::messaging

#endif  // SERVICES_MESSAGING_STORAGE_SCHEMA_H_
