#include "libs/db/attempt.h"

#include <algorithm>
#include <pqxx/except>
#include <pqxx/nontransaction>
#include <pqxx/transaction>
#include <typeinfo>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/db/errors.h"
#include "libs/status/errors.h"

namespace pqxx {

// How libpqxx takes an argument that is in text format already.
template <>
struct string_traits<portal::db::Param> {
  static bool is_null(const portal::db::Param& param) { return !param.text().has_value(); }
  static std::string to_string(const portal::db::Param& param) { return *param.text(); }
};

}  // namespace pqxx

namespace portal::db {

Rows Session::Run(const Query& query, absl::Span<const Param> params) {
  return attempt_.Exec(query, params);
}

void Transaction::AfterCommit(std::function<void()> then) { attempt_.AfterCommit(std::move(then)); }

namespace internal {
namespace {

// How far a statement may outlast its deadline, at most.
constexpr absl::Duration kCoarseStep = absl::Milliseconds(250);
constexpr absl::Duration kFineStep = absl::Milliseconds(25);  // of a limit below the coarse step

}  // namespace

AttemptResult Attempt::Run(Body body) {
  try {
    return mode_ == Mode::kTransact ? RunIsolated(body) : RunInAutocommit(body);
  } catch (...) {
    return Classify();
  }
}

AttemptResult Attempt::RunInAutocommit(Body body) {
  pqxx::nontransaction autocommit(connection_.get());
  transaction_ = &autocommit;
  Transaction session(*this);
  absl::Status status = body(session);
  if (status.ok() && failed_) status = status::Internal("the failure of a statement was ignored");
  return {Verdict::kFinal, std::move(status)};
}

AttemptResult Attempt::RunIsolated(Body body) {
  switch (call_.isolation) {
    case Isolation::kRepeatableRead:
      return RunInTransaction<pqxx::transaction<pqxx::repeatable_read>>(body);
    case Isolation::kSerializable:
      return RunInTransaction<pqxx::transaction<pqxx::serializable>>(body);
    case Isolation::kReadCommitted:
      break;
  }
  return RunInTransaction<pqxx::transaction<pqxx::read_committed>>(body);
}

template <typename PqxxTransaction>
AttemptResult Attempt::RunInTransaction(Body body) {
  PqxxTransaction transaction(connection_.get());
  transaction_ = &transaction;
  Transaction session(*this);
  const absl::Duration timeout = connection_.statement_timeout();
  absl::Status status;
  try {
    status = body(session);
    // After a failed statement PostgreSQL answers COMMIT with a rollback, and no error.
    if (status.ok() && failed_) status = status::Internal("the failure of a statement was ignored");
    if (status.ok()) {
      LimitStatement();
      statement_ = "COMMIT";
      committing_ = true;
      transaction.commit();
      committing_ = false;
    } else {
      transaction.abort();
    }
  } catch (...) {
    connection_.set_statement_timeout(timeout);
    throw;
  }
  connection_.set_statement_timeout(timeout);  // SET LOCAL ends with the transaction
  if (status.ok()) {
    for (const auto& then : after_commit_) then();
  }
  return {Verdict::kFinal, std::move(status)};
}

Rows Attempt::Exec(const Query& query, absl::Span<const Param> params) {
  if (mode_ == Mode::kExecute && sent_ > 0) {
    ThrowInternal(absl::StrCat("a second statement in Execute: ", query.name));
  }
  const bool failed_before = std::exchange(failed_, true);
  LimitStatement();
  statement_ = query.name;
  ++sent_;
  Rows rows(transaction_->exec_prepared(
      query.name, pqxx::prepare::make_dynamic_params(params.begin(), params.end())));
  failed_ = failed_before;
  return rows;
}

void Attempt::LimitStatement() {
  const absl::Duration left = call_.deadline - options_.clock->Now();
  if (left <= absl::ZeroDuration()) throw StatusError(status::DeadlineExceeded());
  // No two calls have the same time left. Rounded up, the limit of one mostly fits the next, which
  // is spared a round trip.
  const absl::Duration step = left > kCoarseStep ? kCoarseStep : kFineStep;
  const absl::Duration limit = std::min(options_.statement_timeout, absl::Ceil(left, step));
  if (limit == connection_.statement_timeout()) return;
  statement_ = "SET statement_timeout";
  transaction_->exec(absl::StrCat(mode_ == Mode::kTransact ? "SET LOCAL" : "SET",
                                  " statement_timeout=", absl::ToInt64Milliseconds(limit)));
  connection_.set_statement_timeout(limit);
}

AttemptResult Attempt::Classify() {
  try {
    throw;
  } catch (const StatusError& error) {
    return {Verdict::kFinal, error.status()};
  } catch (const pqxx::in_doubt_error&) {
    connection_.set_lost();
    return {Verdict::kInDoubt, absl::OkStatus()};
  } catch (const pqxx::broken_connection&) {
    return Lost();
  } catch (const pqxx::statement_completion_unknown&) {
    connection_.set_lost();
    return {Verdict::kInDoubt, absl::OkStatus()};
  } catch (const pqxx::transaction_rollback&) {
    return {Verdict::kConflict, absl::OkStatus()};
  } catch (const pqxx::sql_error& error) {
    return Failed(error);
  } catch (const std::exception& error) {
    // Not what(): it may quote stored values.
    if (!connection_.get().is_open()) return Lost();
    return {Verdict::kFinal,
            status::Internal(absl::StrCat(statement_, " failed by ", typeid(error).name()))};
  } catch (...) {
    return {Verdict::kFinal, status::Internal("an exception left a function given to the pool")};
  }
}

AttemptResult Attempt::Lost() {
  connection_.set_lost();
  const bool in_doubt = committing_ || (mode_ == Mode::kExecute && sent_ > 0);
  return {in_doubt ? Verdict::kInDoubt : Verdict::kLost, absl::OkStatus()};
}

AttemptResult Attempt::Failed(const pqxx::sql_error& error) {
  const std::string& state = error.sqlstate();
  if (!connection_.get().is_open() || MeansConnectionLost(state)) return Lost();

  // Only these come with a constraint; the text of others may end in a value that looks like one.
  const bool may_name_constraint = state.substr(0, 2) == "23" || state == "P0001";
  const std::string constraint(may_name_constraint ? ConstraintName(error.what()) : "");
  if (const auto named = options_.constraint_errors.find(constraint);
      named != options_.constraint_errors.end()) {
    return {Verdict::kFinal, named->second()};
  }

  absl::Status status;
  if (state == "22021" || state == "22P05") {  // no UTF-8, no such character
    status = InvalidText();
  } else if (state == "57014") {  // statement_timeout
    status = status::DeadlineExceeded();
  } else if (state == "55P03") {  // lock_timeout
    status = status::Contention();
  } else if (state.substr(0, 2) == "53") {  // disk, memory
    status = status::DependencyUnavailable("the database");
  } else {
    status = status::Internal(
        absl::StrCat(statement_, " failed: SQLSTATE ", state,
                     constraint.empty() ? "" : absl::StrCat(", constraint ", constraint)));
  }
  return {Verdict::kFinal, std::move(status)};
}

}  // namespace internal
}  // namespace portal::db
