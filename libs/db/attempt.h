#ifndef LIBS_DB_ATTEMPT_H_
#define LIBS_DB_ATTEMPT_H_

#include <functional>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/types/span.h"
#include "libs/db/connection.h"
#include "libs/db/pool.h"
#include "libs/db/session.h"

namespace pqxx {
class sql_error;
class transaction_base;
}  // namespace pqxx

namespace portal::db::internal {

// What the pool does after an attempt.
enum class Verdict {
  kFinal,     // return the status
  kConflict,  // rolled back in favour of another transaction: worth repeating
  kLost,      // the connection was lost and nothing was changed: worth repeating
  kInDoubt,   // the connection was lost, and something may have been changed
};

struct AttemptResult {
  Verdict verdict;
  absl::Status status;  // of kFinal
};

// One run of a function given to the pool, on one connection.
class Attempt {
 public:
  using Body = absl::FunctionRef<absl::Status(Transaction&)>;

  Attempt(Connection& connection, Mode mode, const CallOptions& call, const PoolOptions& options)
      : connection_(connection), mode_(mode), call_(call), options_(options) {}

  // Never throws.
  AttemptResult Run(Body body);

  // For Session and Transaction.
  Rows Exec(const Query& query, absl::Span<const Param> params);
  void AfterCommit(std::function<void()> then) { after_commit_.push_back(std::move(then)); }

 private:
  AttemptResult RunInAutocommit(Body body);
  template <typename PqxxTransaction>
  AttemptResult RunInTransaction(Body body);
  AttemptResult RunIsolated(Body body);

  // Keeps the next statement within the deadline; throws DEADLINE_EXCEEDED if that has passed.
  void LimitStatement();
  // The exception being handled, as a result.
  AttemptResult Classify();
  AttemptResult Lost();
  AttemptResult Failed(const pqxx::sql_error& error);

  Connection& connection_;
  const Mode mode_;
  const CallOptions& call_;
  const PoolOptions& options_;

  pqxx::transaction_base* transaction_ = nullptr;
  const char* statement_ = "BEGIN";  // running or last run
  int sent_ = 0;                     // statements
  bool failed_ = false;
  bool committing_ = false;
  std::vector<std::function<void()>> after_commit_;
};

}  // namespace portal::db::internal

#endif  // LIBS_DB_ATTEMPT_H_
