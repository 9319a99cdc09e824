#ifndef LIBS_DB_SESSION_H_
#define LIBS_DB_SESSION_H_

#include <array>
#include <functional>
#include <vector>

#include "absl/time/time.h"
#include "absl/types/span.h"
#include "libs/db/param.h"
#include "libs/db/query.h"
#include "libs/db/row.h"

namespace portal::db {

namespace internal {
class Attempt;
}

// What a function given to Pool::Read or Pool::Execute works with, in autocommit.
//
// Exec leaves the function by an exception when the statement fails; the pool turns it into a
// status. So the function has no error handling of its own, and must not catch what it does not
// know.
class Session {
 public:
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // Runs a statement of the pool's list.
  template <typename... Args>
  Rows Exec(const Query& query, const Args&... args) {
    const std::array<Param, sizeof...(Args)> params{Param(args)...};
    return Run(query, params);
  }

 protected:
  explicit Session(internal::Attempt& attempt) : attempt_(attempt) {}
  ~Session() = default;

  internal::Attempt& attempt_;

 private:
  friend class internal::Attempt;
  Rows Run(const Query& query, absl::Span<const Param> params);
};

// What a function given to Pool::Transact works with, between BEGIN and COMMIT. What must happen in
// the transaction of a change (idempotency, audit, outbox) takes this type.
class Transaction : public Session {
 public:
  // Runs `then` once the transaction has committed, before Transact returns; not when that is in
  // doubt.
  void AfterCommit(std::function<void()> then);

 private:
  friend class internal::Attempt;
  using Session::Session;
};

}  // namespace portal::db

#endif  // LIBS_DB_SESSION_H_
