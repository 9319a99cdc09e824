#ifndef SERVICES_IDENTITY_STORAGE_CLINIC_STORE_H_
#define SERVICES_IDENTITY_STORAGE_CLINIC_STORE_H_

#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/db/pool.h"
#include "libs/id/ids.h"
#include "services/identity/domain/clinic.h"

namespace portal::identity {

// Thread-safe.
class ClinicStore {
 public:
  explicit ClinicStore(db::Pool& pool) : pool_(pool) {}

  // A slug that another clinic has ends the transaction with CLINIC_SLUG_TAKEN.
  absl::Status Create(db::Transaction& transaction, const Clinic& clinic);

  // The clinic, whose settings and staff nobody else changes until the transaction ends.
  // CLINIC_NOT_FOUND.
  absl::StatusOr<Clinic> Lock(db::Transaction& transaction, const id::ClinicId& clinic_id);

  // Stores the locked clinic as it is now.
  absl::Status Update(db::Transaction& transaction, const Clinic& clinic);

  // None if there is no such clinic.
  absl::StatusOr<std::optional<Clinic>> Find(const db::CallOptions& call,
                                             const id::ClinicId& clinic_id);

 private:
  db::Pool& pool_;
};

}  // namespace portal::identity

#endif  // SERVICES_IDENTITY_STORAGE_CLINIC_STORE_H_
