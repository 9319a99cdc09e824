#ifndef SERVICES_IDENTITY_STORAGE_DEVICE_STORE_H_
#define SERVICES_IDENTITY_STORAGE_DEVICE_STORE_H_

#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "libs/db/pool.h"
#include "libs/id/ids.h"
#include "services/identity/domain/device.h"
#include "services/identity/domain/email.h"

namespace portal::identity {

// Devices that accounts were used from before. Thread-safe.
class DeviceStore {
 public:
  explicit DeviceStore(db::Pool& pool) : pool_(pool) {}

  // The device with this token (SHA-256), if the account of the address was used from it and, at
  // `now`, not too long ago. Does the same work for every address and token.
  absl::StatusOr<std::optional<DeviceId>> Find(const db::CallOptions& call, const Email& email,
                                               absl::string_view token_hash, absl::Time now);

  // Notes a sign-in. False if the device was forgotten meanwhile.
  absl::StatusOr<bool> Touch(db::Transaction& transaction, const DeviceId& device_id,
                             const id::AccountId& account_id, absl::Time now);

  // Knows one more device of the account; its oldest ones go if there are too many.
  absl::Status Add(db::Transaction& transaction, const DeviceId& device_id,
                   const id::AccountId& account_id, absl::string_view token_hash, absl::Time now);

  // All of the account's devices but `except` are strangers again.
  absl::Status Forget(db::Transaction& transaction, const id::AccountId& account_id,
                      const std::optional<DeviceId>& except);

 private:
  db::Pool& pool_;
};

}  // namespace portal::identity

#endif  // SERVICES_IDENTITY_STORAGE_DEVICE_STORE_H_
