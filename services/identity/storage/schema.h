#ifndef SERVICES_IDENTITY_STORAGE_SCHEMA_H_
#define SERVICES_IDENTITY_STORAGE_SCHEMA_H_

#include <vector>

#include "libs/db/migrations.h"
#include "libs/db/pool.h"

namespace portal::identity {

// Adds identity's statements, and what the violation of a constraint means, to the options of a
// pool that its stores use.
void AddSchema(db::PoolOptions& options);

// What must be deployed before the service runs.
std::vector<db::MigrationNeeds> NeededMigrations();

}  // namespace portal::identity

#endif  // SERVICES_IDENTITY_STORAGE_SCHEMA_H_
