#ifndef LIBS_STATUS_ERRORS_H_
#define LIBS_STATUS_ERRORS_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

// Failures as callers of an RPC see them: an absl::Status whose payloads are google.rpc details,
// keyed by type URL. Every failure carries a google.rpc.ErrorInfo of the domain "portal" with a
// reason of protos/portal/errors/v1/reason.proto; programs switch on the reason, messages are for
// people and may change. Texts given here reach the caller: they are our words in UTF-8, never a
// quotation of the input or of stored data.
namespace portal::status {

using Metadata = std::map<std::string, std::string>;

// An error with `reason` (without the REASON_ prefix). A reason that reason.proto does not list, or
// the code OK, is a defect of ours and becomes an INTERNAL error that names it.
absl::Status Error(absl::StatusCode code, absl::string_view reason, absl::string_view message,
                   const Metadata& metadata = {});

// The reason, or "" if the status is OK or carries none.
std::string ReasonOf(const absl::Status& status);

// The ErrorInfo's metadata; empty if there is none.
Metadata MetadataOf(const absl::Status& status);

// Adds google.rpc.RetryInfo: the caller may try again after `delay` (a negative one counts as
// zero).
absl::Status WithRetryAfter(absl::Status status, absl::Duration delay);

// The delay of WithRetryAfter, if there is one.
std::optional<absl::Duration> RetryAfterOf(const absl::Status& status);

// INVALID_ARGUMENT/INVALID_FIELD with google.rpc.BadRequest. `field` is a path in the request such
// as "patient.family_name"; `description` tells a person what is expected.
absl::Status InvalidField(absl::string_view field, absl::string_view description);

// Collects what is wrong with a request, so that the caller learns all of it at once.
class FieldViolations {
 public:
  // gRPC clients refuse more than 8 KiB of status details: the rest of many or long violations is
  // left out.
  static constexpr int kMaxViolations = 16;
  static constexpr size_t kMaxFieldBytes = 100;
  static constexpr size_t kMaxDescriptionBytes = 200;

  void Add(absl::string_view field, absl::string_view description);

  // Takes over the violations of an INVALID_FIELD error, such as a parser's. Any other status is
  // not looked at.
  void Add(const absl::Status& status);

  bool empty() const { return violations_.empty(); }

  // OK if nothing was added.
  absl::Status ToStatus() const;

 private:
  struct Violation {
    std::string field;
    std::string description;
  };
  std::vector<Violation> violations_;
};

// The fields an INVALID_FIELD error names, in the order they were added.
std::vector<std::string> InvalidFieldsOf(const absl::Status& status);

// Errors that every service shares; reason.proto says what each promises.
absl::Status EtagMismatch();
absl::Status Contention();
absl::Status Overloaded(absl::Duration retry_after);
absl::Status DependencyUnavailable(
    absl::string_view what);  // `what`: "the database", "access_code"
absl::Status CommitInDoubt();
absl::Status PageTokenInvalid();
absl::Status RequestIdReused();
absl::Status DeadlineExceeded();
absl::Status Cancelled();
absl::Status Internal(absl::string_view message);

}  // namespace portal::status

#endif  // LIBS_STATUS_ERRORS_H_
