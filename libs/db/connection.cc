#include "libs/db/connection.h"

#include <postgresql/libpq-fe.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <map>
#include <pqxx/except>

#include "absl/strings/str_cat.h"
#include "libs/status/errors.h"
#include "libs/status/status_macros.h"

namespace portal::db::internal {

namespace {

// A function of ours that holds a transaction open without using it has failed.
constexpr absl::Duration kIdleInTransactionTimeout = absl::Seconds(10);

// Compiling a statement takes 50 ms and more, and none of ours runs that long. PostgreSQL decides
// by its estimate of the cost, which for a statement of many branches is far too high.
constexpr absl::string_view kJit = "off";

// Statements are written for one plan, whatever their arguments, and their tests look at that plan.
// Left to itself, PostgreSQL plans some anew each time, which takes longer than running them.
constexpr absl::string_view kPlans = "force_generic_plan";

std::string Quoted(const std::string& value) {
  std::string quoted = "'";
  for (const char c : value) {
    if (c == '\'' || c == '\\') quoted.push_back('\\');
    quoted.push_back(c);
  }
  return quoted + "'";
}

std::string ServerOptions(const PoolOptions& options) {
  return absl::StrCat("-c statement_timeout=", absl::ToInt64Milliseconds(options.statement_timeout),
                      " -c lock_timeout=", absl::ToInt64Milliseconds(options.lock_timeout),
                      " -c idle_in_transaction_session_timeout=",
                      absl::ToInt64Milliseconds(kIdleInTransactionTimeout),
                      " -c timezone=UTC -c jit=", kJit, " -c plan_cache_mode=", kPlans,
                      " -c default_transaction_read_only=", options.read_only ? "on" : "off");
}

// Statements are told apart by name: two of one name would silently run one of the two.
absl::Status PrepareAll(pqxx::connection& connection, const PoolOptions& options) {
  const Query* current = &kPing;
  try {
    connection.prepare(current->name, current->sql);
    for (const absl::Span<const Query> queries : options.queries) {
      for (const Query& query : queries) {
        current = &query;
        connection.prepare(query.name, query.sql);
        connection.prepare_now(query.name);
      }
    }
  } catch (const pqxx::broken_connection&) {
    return status::DependencyUnavailable("the database");
  } catch (const pqxx::sql_error& error) {
    return status::Internal(absl::StrCat("statement ", current->name,
                                         " does not prepare: SQLSTATE ", error.sqlstate()));
  } catch (const pqxx::argument_error&) {
    return status::Internal(absl::StrCat("two statements are named ", current->name));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::string> Conninfo(const PoolOptions& options) {
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> parsed(
      PQconninfoParse(options.conninfo.c_str(), nullptr), &PQconninfoFree);
  // The text is not quoted: it may hold a password.
  if (parsed == nullptr) return status::Internal("the database URL is malformed");

  // A dead peer is noticed within half a minute where TCP is used.
  std::map<std::string, std::string> settings = {{"keepalives_idle", "10"},
                                                 {"keepalives_interval", "5"},
                                                 {"keepalives_count", "3"},
                                                 {"tcp_user_timeout", "10000"}};
  for (const PQconninfoOption* option = parsed.get(); option->keyword != nullptr; ++option) {
    if (option->val != nullptr) settings[option->keyword] = option->val;
  }
  settings["application_name"] = options.application_name;
  settings["client_encoding"] = "UTF8";
  settings["connect_timeout"] =
      absl::StrCat(std::max<int64_t>(2, absl::ToInt64Seconds(options.connect_timeout)));
  settings["options"] = absl::StrCat(settings["options"], " ", ServerOptions(options));

  std::string conninfo;
  for (const auto& [keyword, value] : settings) {
    absl::StrAppend(&conninfo, keyword, "=", Quoted(value), " ");
  }
  return conninfo;
}

Connection::Connection(const std::string& conninfo, const PoolOptions& options)
    : connection_(conninfo), statement_timeout_(options.statement_timeout) {}

absl::StatusOr<std::unique_ptr<Connection>> Connection::Open(const PoolOptions& options) {
  ASSIGN_OR_RETURN(const std::string conninfo, Conninfo(options));
  std::unique_ptr<Connection> connection;
  try {
    connection.reset(new Connection(conninfo, options));
  } catch (const pqxx::failure&) {
    return status::DependencyUnavailable("the database");
  }
  // Verbose errors name the constraint; notices may quote stored values and are dropped.
  connection->get().set_verbosity(pqxx::connection_base::verbose);
  RETURN_IF_ERROR(PrepareAll(connection->get(), options));
  return connection;
}

bool Connection::Alive() const {
  // Between statements the server says nothing, except when it is going away. (Should it be
  // something harmless, opening another connection is cheap.)
  char byte;
  return recv(connection_.sock(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 &&
         (errno == EAGAIN || errno == EWOULDBLOCK);
}

}  // namespace portal::db::internal
