#ifndef SERVICES_IDENTITY_RPC_CUT_OFF_H_
#define SERVICES_IDENTITY_RPC_CUT_OFF_H_

#include <optional>

#include "absl/status/status.h"
#include "libs/db/session.h"
#include "libs/id/ids.h"
#include "services/identity/domain/device.h"
#include "services/identity/rpc/dependencies.h"
#include "services/identity/storage/device_store.h"
#include "services/identity/storage/email_change_store.h"
#include "services/identity/storage/password_store.h"
#include "services/identity/storage/second_factor_store.h"
#include "services/identity/storage/session_store.h"

namespace portal::identity {

// Ends what an account was opened with, and what was begun with that: whatever proves the account
// from now on, the rest is void.
class CutOff {
 public:
  explicit CutOff(const Dependencies& dependencies);

  // But for `kept_session` and `kept_device`, sessions end and devices are strangers. Sign-ins that
  // owe the second factor, and links that replace the password or the address, are void.
  absl::Status Run(db::Transaction& transaction, const id::AccountId& account_id,
                   const std::optional<id::SessionId>& kept_session,
                   const std::optional<DeviceId>& kept_device);

 private:
  const time::Clock& clock_;
  SessionStore sessions_;
  DeviceStore devices_;
  ChallengeStore challenges_;
  PasswordStore passwords_;
  EmailChangeStore email_changes_;
};

}  // namespace portal::identity

#endif  // SERVICES_IDENTITY_RPC_CUT_OFF_H_
