#ifndef SERVICES_IDENTITY_RPC_SESSION_OPENER_H_
#define SERVICES_IDENTITY_RPC_SESSION_OPENER_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/db/session.h"
#include "libs/rpc/context.h"
#include "services/identity/domain/device.h"
#include "services/identity/domain/session.h"
#include "services/identity/rpc/account_notices.h"
#include "services/identity/rpc/dependencies.h"
#include "services/identity/storage/attempt_counter.h"
#include "services/identity/storage/device_store.h"
#include "services/identity/storage/session_store.h"

namespace portal::identity {

// A sign-in that proved all it had to.
struct ProvenSignIn {
  id::AccountId account_id;
  AccountContact owner;
  // What DeviceName() made of the device.
  std::string device;
  // The device, if the account was used from it before, and the token it showed.
  std::optional<DeviceId> known_device;
  std::string device_token;
  std::optional<absl::Time> second_factor_at;
};

// A session with what only its client gets.
struct OpenedSession {
  Session session;
  std::string session_token;
  std::string device_token;
};

// How every sign-in ends, whichever steps led to it.
class SessionOpener {
 public:
  explicit SessionOpener(const Dependencies& dependencies);

  // Opens the session, knows the device from now on, tells the owner of a new one, forgets the
  // attempts that led here, and writes the audit row. The caller has locked the account.
  absl::StatusOr<OpenedSession> Open(db::Transaction& transaction, const rpc::Context& context,
                                     const ProvenSignIn& sign_in);

 private:
  struct Device {
    DeviceId device_id;
    std::string token;
  };

  // The device the session is opened on, known from now on.
  absl::StatusOr<Device> Know(db::Transaction& transaction, const ProvenSignIn& sign_in,
                              absl::Time now);
  absl::Status ForgetAttempts(db::Transaction& transaction, const rpc::Context& context,
                              const ProvenSignIn& sign_in);

  const Dependencies deps_;
  SessionStore sessions_;
  DeviceStore devices_;
  AttemptCounter attempts_;
  const AccountNotices notices_;
};

}  // namespace portal::identity

#endif  // SERVICES_IDENTITY_RPC_SESSION_OPENER_H_
