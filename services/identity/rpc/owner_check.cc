#include "services/identity/rpc/owner_check.h"

#include <optional>
#include <utility>

#include "libs/rpc/call.h"
#include "libs/status/status_macros.h"
#include "services/identity/domain/errors.h"
#include "services/identity/domain/password_policy.h"

namespace portal::identity {

OwnerCheck::OwnerCheck(const Dependencies& dependencies)
    : deps_(dependencies),
      accounts_(dependencies.pool),
      password_store_(dependencies.pool),
      attempts_(dependencies.pool, dependencies.clock),
      passwords_(dependencies.hasher, accounts_, attempts_) {}

absl::StatusOr<Owner> OwnerCheck::Find(const rpc::Context& context) {
  ASSIGN_OR_RETURN(
      std::optional<Owner> owner,
      password_store_.FindOwner(rpc::CallOf(context), context.session_id(), context.account_id(),
                                deps_.session_limits, deps_.clock.Now()));
  if (!owner.has_value()) return SessionEnded();
  return *std::move(owner);
}

absl::StatusOr<Owner> OwnerCheck::Check(const rpc::Context& context, absl::string_view password) {
  RETURN_IF_ERROR(PasswordPolicy::CheckLength("password", password));
  ASSIGN_OR_RETURN(Owner owner, Find(context));
  RETURN_IF_ERROR(passwords_.CheckOwner(rpc::CallOf(context), owner, password));
  return owner;
}

}  // namespace portal::identity
