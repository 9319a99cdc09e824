#ifndef LIBS_RPC_GRANT_CHECKER_H_
#define LIBS_RPC_GRANT_CHECKER_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "grpcpp/channel.h"
#include "libs/rpc/context.h"

namespace portal::rpc {

// Asks whether the calling account may see a patient.
class GrantChecker {
 public:
  virtual ~GrantChecker() = default;

  // Calls `done` exactly once, from any thread, perhaps before this returns: OK if the account of
  // `context` holds an active grant for `context.patient_id()`, NOT_FOUND/PATIENT_NOT_FOUND if not,
  // UNAVAILABLE/DEPENDENCY_UNAVAILABLE if that could not be found out,
  // RESOURCE_EXHAUSTED/OVERLOADED if too many wait to ask. Never blocks.
  virtual void Check(const Context& context, std::function<void(absl::Status)> done) = 0;
};

// Asks access_code over `channel`, with the person's passport.
std::unique_ptr<GrantChecker> RemoteGrantChecker(std::shared_ptr<grpc::Channel> channel);

// NOT_FOUND/PATIENT_NOT_FOUND: the one answer for a patient that does not exist, is another
// clinic's, or is not granted.
absl::Status PatientNotFound();

}  // namespace portal::rpc

#endif  // LIBS_RPC_GRANT_CHECKER_H_
