#ifndef SERVICES_ACCESS_CODE_RPC_CONVERT_H_
#define SERVICES_ACCESS_CODE_RPC_CONVERT_H_

#include "absl/time/time.h"
#include "libs/id/ids.h"
#include "portal/access_code/v1/access_code.pb.h"
#include "portal/access_code/v1/access_granted.pb.h"
#include "portal/access_code/v1/grant.pb.h"
#include "portal/access_code/v1/grant_service.pb.h"
#include "services/access_code/domain/access_code.h"
#include "services/access_code/domain/grant.h"

// The domain's values as the contract writes them.
namespace portal::access_code {

// `now` decides between live and expired.
v1::AccessCode ToProto(const AccessCode& code, absl::Time now);
v1::Grant ToProto(const Grant& grant);
v1::AccessiblePatient ToProto(const AccessiblePatient& patient);

v1::AccessGranted ToEvent(const AccessiblePatient& patient, const id::AccountId& account_id);

}  // namespace portal::access_code

#endif  // SERVICES_ACCESS_CODE_RPC_CONVERT_H_
