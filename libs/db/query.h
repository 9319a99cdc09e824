#ifndef LIBS_DB_QUERY_H_
#define LIBS_DB_QUERY_H_

namespace portal::db {

// One SQL statement, prepared under its name on every connection of the pools that list it. Made
// from queries/*.sql by tools/bazel/sql.bzl. Names are unique within a pool: end them in the noun.
struct Query {
  const char* name;
  const char* sql;
};

}  // namespace portal::db

#endif  // LIBS_DB_QUERY_H_
