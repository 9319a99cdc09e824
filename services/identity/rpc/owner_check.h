#ifndef SERVICES_IDENTITY_RPC_OWNER_CHECK_H_
#define SERVICES_IDENTITY_RPC_OWNER_CHECK_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "libs/rpc/context.h"
#include "services/identity/rpc/dependencies.h"
#include "services/identity/rpc/password_check.h"
#include "services/identity/storage/account_store.h"
#include "services/identity/storage/attempt_counter.h"
#include "services/identity/storage/password_store.h"

namespace portal::identity {

// Whose account the calling session's is, and whether it is them who call.
class OwnerCheck {
 public:
  explicit OwnerCheck(const Dependencies& dependencies);

  // SESSION_ENDED if the calling session has ended.
  absl::StatusOr<Owner> Find(const rpc::Context& context);

  // The same, once the password was found right. CREDENTIALS_REJECTED otherwise; INVALID_FIELD
  // naming "password" if it cannot be one. Takes as long as hashing, and counts with the attempts
  // at signing in; for the password lane.
  absl::StatusOr<Owner> Check(const rpc::Context& context, absl::string_view password);

 private:
  const Dependencies deps_;
  AccountStore accounts_;
  PasswordStore password_store_;
  AttemptCounter attempts_;
  PasswordCheck passwords_;
};

}  // namespace portal::identity

#endif  // SERVICES_IDENTITY_RPC_OWNER_CHECK_H_
