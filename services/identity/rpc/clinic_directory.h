#ifndef SERVICES_IDENTITY_RPC_CLINIC_DIRECTORY_H_
#define SERVICES_IDENTITY_RPC_CLINIC_DIRECTORY_H_

#include "absl/status/statusor.h"
#include "libs/db/pool.h"
#include "libs/db/session.h"
#include "libs/outbox/outbox.h"
#include "services/identity/domain/clinic.h"

namespace portal::identity {

// Tells messaging what the clinic is called and where its notices go, in the transaction that made
// it so.
void AnnounceClinic(db::Transaction& transaction, const outbox::Outbox& outbox,
                    const Clinic& clinic);

// Tells of clinics that were made or changed without that: those from before messaging was there.
// Returns whether there may be more.
absl::StatusOr<bool> AnnounceUntoldClinics(db::Pool& pool, const outbox::Outbox& outbox);

}  // namespace portal::identity

#endif  // SERVICES_IDENTITY_RPC_CLINIC_DIRECTORY_H_
