#ifndef SERVICES_IDENTITY_RPC_REPETITION_H_
#define SERVICES_IDENTITY_RPC_REPETITION_H_

#include <string>

#include "absl/status/status.h"
#include "libs/status/errors.h"

namespace portal::identity {

// The request as its repetition is known by: without passwords and codes. A repetition is answered
// before anything is counted: if they were part of it, whether one is answered or refused as
// REQUEST_ID_REUSED would tell a guess right from wrong, at no cost and as often as one likes.
template <typename Request>
Request WithoutSecrets(Request request) {
  if constexpr (requires { request.clear_password(); }) request.clear_password();
  if constexpr (requires { request.clear_new_password(); }) request.clear_new_password();
  if constexpr (requires { request.clear_second_factor_code(); }) {
    request.clear_second_factor_code();
  }
  return request;
}

// Whether what was found out before the transaction is about the link and the password, to be said
// after the claim, where a copy's answer goes before it. Anything else tells nothing about them and
// ends the call; a COMMIT_IN_DOUBT among it is not about the change.
inline bool IsSettled(const absl::Status& found) {
  const std::string reason = status::ReasonOf(found);
  return found.ok() || reason == "LINK_REJECTED" || reason == "CREDENTIALS_REJECTED" ||
         reason == "MAILBOX_CODE_REJECTED" || reason == "PASSWORD_UNACCEPTABLE" ||
         reason == "INVALID_FIELD";
}

}  // namespace portal::identity

#endif  // SERVICES_IDENTITY_RPC_REPETITION_H_
