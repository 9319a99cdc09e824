#ifndef LIBS_DB_CONNECTION_H_
#define LIBS_DB_CONNECTION_H_

#include <memory>
#include <pqxx/connection>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/db/pool.h"

namespace portal::db::internal {

// `options` as libpq takes them: the caller's conninfo with ours put over it.
absl::StatusOr<std::string> Conninfo(const PoolOptions& options);

// Answers nothing and touches nothing: for probes.
inline constexpr Query kPing{"portal_ping", "SELECT 1"};

// One connection of a pool, with every statement prepared.
class Connection {
 public:
  // DEPENDENCY_UNAVAILABLE if PostgreSQL cannot be reached or refuses us; INTERNAL for a statement
  // that does not fit the schema.
  static absl::StatusOr<std::unique_ptr<Connection>> Open(const PoolOptions& options);

  // Whether the server has not hung up, without asking it.
  bool Alive() const;

  // Not to be used again once lost.
  void set_lost() { lost_ = true; }
  bool lost() const { return lost_; }

  pqxx::connection& get() { return connection_; }

  // The statement_timeout in force on the server.
  absl::Duration statement_timeout() const { return statement_timeout_; }
  void set_statement_timeout(absl::Duration timeout) { statement_timeout_ = timeout; }

 private:
  Connection(const std::string& conninfo, const PoolOptions& options);

  pqxx::connection connection_;
  bool lost_ = false;
  absl::Duration statement_timeout_;
};

}  // namespace portal::db::internal

#endif  // LIBS_DB_CONNECTION_H_
