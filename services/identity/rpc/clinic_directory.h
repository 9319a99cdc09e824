#ifndef SERVICES_IDENTITY_RPC_CLINIC_DIRECTORY_H_
#define SERVICES_IDENTITY_RPC_CLINIC_DIRECTORY_H_

#include "libs/db/session.h"
#include "libs/outbox/outbox.h"
#include "services/identity/domain/clinic.h"

namespace portal::identity {

// Tells messaging what the clinic is called and where its notices go, in the transaction that made
// it so. Nothing is told of a clinic without an address.
void AnnounceClinic(db::Transaction& transaction, const outbox::Outbox& outbox,
                    const Clinic& clinic);

}  // namespace portal::identity

#endif  // SERVICES_IDENTITY_RPC_CLINIC_DIRECTORY_H_
