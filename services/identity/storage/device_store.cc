#include "services/identity/storage/device_store.h"

#include <string>

#include "services/identity/domain/limits.h"
#include "services/identity/storage/queries.h"

namespace portal::identity {

absl::StatusOr<std::optional<DeviceId>> DeviceStore::Find(const db::CallOptions& call,
                                                          const Email& email,
                                                          absl::string_view token_hash,
                                                          absl::Time now) {
  return pool_.Read(call, [&](db::Session& session) -> absl::StatusOr<std::optional<DeviceId>> {
    const std::optional<db::Row> row =
        session
            .Exec(queries::kGetKnownDevice, db::Bytes{std::string(token_hash)}, email.normalized(),
                  now - kDeviceRetention)
            .AtMostOne();
    if (!row.has_value()) return std::nullopt;
    return row->Id<DeviceId>("device_id");
  });
}

absl::StatusOr<bool> DeviceStore::Touch(db::Transaction& transaction, const DeviceId& device_id,
                                        const id::AccountId& account_id, absl::Time now) {
  return !transaction.Exec(queries::kTouchKnownDevice, device_id, account_id, now).empty();
}

absl::Status DeviceStore::Add(db::Transaction& transaction, const DeviceId& device_id,
                              const id::AccountId& account_id, absl::string_view token_hash,
                              absl::Time now) {
  transaction.Exec(queries::kForgetOldestDevices, account_id, kMaxKnownDevices - 1);
  transaction.Exec(queries::kInsertKnownDevice, device_id, account_id,
                   db::Bytes{std::string(token_hash)}, now);
  return absl::OkStatus();
}

absl::Status DeviceStore::Forget(db::Transaction& transaction, const id::AccountId& account_id,
                                 const std::optional<DeviceId>& except) {
  transaction.Exec(queries::kForgetDevices, account_id, except);
  return absl::OkStatus();
}

}  // namespace portal::identity
