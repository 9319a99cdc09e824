#ifndef LIBS_DB_ERRORS_H_
#define LIBS_DB_ERRORS_H_

#include <exception>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

// How failures travel inside libs/db. Not for services.
namespace portal::db::internal {

// Carries a status out of the function given to a pool, which returns it.
class StatusError : public std::exception {
 public:
  explicit StatusError(absl::Status status) : status_(std::move(status)) {}

  const absl::Status& status() const { return status_; }
  const char* what() const noexcept override { return "a failed database call"; }

 private:
  absl::Status status_;
};

[[noreturn]] void ThrowInternal(absl::string_view message);

// INVALID_FIELD for text that PostgreSQL cannot store; which field it came from is not known here.
absl::Status InvalidText();

// The violated constraint, from an error's text at verbosity "verbose": the line "CONSTRAINT NAME:"
// directly before the last "LOCATION:", because everything above may quote stored values. "" if
// none.
absl::string_view ConstraintName(absl::string_view what);

// SQLSTATEs with which the server ends a connection or a whole cluster goes down.
bool MeansConnectionLost(absl::string_view sqlstate);

}  // namespace portal::db::internal

#endif  // LIBS_DB_ERRORS_H_
