#include "services/identity/rpc/clinic_directory.h"

#include <vector>

#include "portal/messaging/v1/directory_service.pb.h"
#include "services/identity/domain/limits.h"
#include "services/identity/rpc/messaging_routes.h"
#include "services/identity/storage/directory_store.h"

namespace portal::identity {

void AnnounceClinic(db::Transaction& transaction, const outbox::Outbox& outbox,
                    const Clinic& clinic) {
  messaging::v1::PutClinicRequest entry;
  entry.set_clinic_id(clinic.clinic_id.ToString());
  entry.set_display_name(clinic.display_name);
  entry.set_notice_email(clinic.notice_email);
  entry.set_language(clinic.language);
  entry.set_version(clinic.version);
  outbox.Append(transaction, kClinicDirectoryTopic, entry.SerializeAsString());
}

absl::StatusOr<bool> AnnounceUntoldClinics(db::Pool& pool, const outbox::Outbox& outbox) {
  return pool.Transact([&](db::Transaction& transaction) -> absl::StatusOr<bool> {
    const std::vector<Clinic> clinics = DirectoryStore().TellUntoldClinics(transaction, kTellBatch);
    for (const Clinic& clinic : clinics) AnnounceClinic(transaction, outbox, clinic);
    return clinics.size() == kTellBatch;
  });
}

}  // namespace portal::identity
