#include "services/identity/rpc/clinic_directory.h"

#include "portal/messaging/v1/directory_service.pb.h"
#include "services/identity/rpc/messaging_routes.h"

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

}  // namespace portal::identity
