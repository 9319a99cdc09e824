#ifndef SERVICES_ACCESS_CODE_STORAGE_ACCESS_SETTINGS_STORE_H_
#define SERVICES_ACCESS_CODE_STORAGE_ACCESS_SETTINGS_STORE_H_

#include "absl/status/statusor.h"
#include "libs/db/session.h"
#include "libs/id/ids.h"
#include "services/access_code/domain/access_settings.h"

namespace portal::access_code {

// What clinics have settled.

// The defaults for a clinic that is not known.
AccessSettings GetAccessSettings(db::Session& session, const id::ClinicId& clinic_id);

// Replaces the settings, if `settings.version` is the one that is there, and moves the ends of the
// grants that another age applies to. Returns them with their new version. ETAG_MISMATCH otherwise.
absl::StatusOr<AccessSettings> UpdateAccessSettings(db::Transaction& transaction,
                                                    const AccessSettings& settings);

}  // namespace portal::access_code

#endif  // SERVICES_ACCESS_CODE_STORAGE_ACCESS_SETTINGS_STORE_H_
