#include "services/identity/rpc/cut_off.h"

#include "libs/status/status_macros.h"

namespace portal::identity {

CutOff::CutOff(const Dependencies& dependencies)
    : clock_(dependencies.clock),
      sessions_(dependencies.pool),
      devices_(dependencies.pool),
      challenges_(dependencies.pool),
      passwords_(dependencies.pool) {}

absl::Status CutOff::Run(db::Transaction& transaction, const id::AccountId& account_id,
                         const std::optional<id::SessionId>& kept_session,
                         const std::optional<DeviceId>& kept_device) {
  RETURN_IF_ERROR(sessions_.EndAll(transaction, account_id, kept_session, clock_.Now()).status());
  RETURN_IF_ERROR(devices_.Forget(transaction, account_id, kept_device));
  RETURN_IF_ERROR(challenges_.Void(transaction, account_id));
  RETURN_IF_ERROR(passwords_.VoidReset(transaction, account_id));
  return email_changes_.Void(transaction, account_id);
}

}  // namespace portal::identity
