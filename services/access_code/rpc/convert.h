#ifndef SERVICES_ACCESS_CODE_RPC_CONVERT_H_
#define SERVICES_ACCESS_CODE_RPC_CONVERT_H_

#include <optional>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "google/type/date.pb.h"
#include "libs/id/ids.h"
#include "portal/access_code/v1/access_code.pb.h"
#include "portal/access_code/v1/access_settings.pb.h"
#include "portal/access_code/v1/grant.pb.h"
#include "portal/access_code/v1/grant_service.pb.h"
#include "services/access_code/domain/access_code.h"
#include "services/access_code/domain/access_settings.h"
#include "services/access_code/domain/grant.h"

// The domain's values as the contract writes them.
namespace portal::access_code {

// `now` decides between live and expired.
v1::AccessCode ToProto(const AccessCode& code, absl::Time now);
v1::Grant ToProto(const Grant& grant, absl::Time now);
v1::AccessiblePatient ToProto(const AccessiblePatient& patient);

v1::AccessSettings ToProto(const AccessSettings& settings);

// Why it unlocks the patient, or does not.
v1::AccessReason ReasonOf(const Grant& grant, absl::Time now);

// What clients and other services say, as the domain has it. INVALID_FIELD naming `field`.
absl::StatusOr<HolderRelationship> ParseHolder(absl::string_view field,
                                               v1::HolderRelationship holder);
// None if it is absent.
absl::StatusOr<std::optional<absl::CivilDay>> ParseBirthDate(absl::string_view field, bool present,
                                                             const google::type::Date& date);

}  // namespace portal::access_code

#endif  // SERVICES_ACCESS_CODE_RPC_CONVERT_H_
