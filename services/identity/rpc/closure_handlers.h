#ifndef SERVICES_IDENTITY_RPC_CLOSURE_HANDLERS_H_
#define SERVICES_IDENTITY_RPC_CLOSURE_HANDLERS_H_

#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/db/session.h"
#include "libs/rpc/context.h"
#include "portal/identity/v1/account_service.pb.h"
#include "services/identity/domain/second_factor.h"
#include "services/identity/rpc/account_directory.h"
#include "services/identity/rpc/account_notices.h"
#include "services/identity/rpc/cut_off.h"
#include "services/identity/rpc/dependencies.h"
#include "services/identity/rpc/owner_check.h"
#include "services/identity/rpc/second_factor_check.h"
#include "services/identity/storage/account_store.h"
#include "services/identity/storage/attempt_counter.h"
#include "services/identity/storage/closure_store.h"
#include "services/identity/storage/second_factor_store.h"

namespace portal::identity {

// The end of an account: AccountService.CloseAccount.
class ClosureHandlers {
 public:
  explicit ClosureHandlers(const Dependencies& dependencies);

  // On the password lane.
  absl::StatusOr<v1::CloseAccountResponse> CloseAccount(const rpc::Context& context,
                                                        const v1::CloseAccountRequest& request);

 private:
  absl::Status Close(db::Transaction& transaction, const rpc::Context& context, const Owner& owner,
                     const std::optional<SecondFactorCode>& code);
  // With the account's own row in the trail, and one for each clinic that it leaves.
  absl::Status EndMemberships(db::Transaction& transaction, const rpc::Context& context,
                              const id::AccountId& account_id);

  const Dependencies deps_;
  AccountStore accounts_;
  SecondFactorStore factors_;
  ClosureStore closures_;
  AttemptCounter attempts_;
  OwnerCheck owner_check_;
  SecondFactorCheck second_factor_check_;
  CutOff cut_off_;
  AccountDirectory directory_;
  const AccountNotices notices_;
};

}  // namespace portal::identity

#endif  // SERVICES_IDENTITY_RPC_CLOSURE_HANDLERS_H_
