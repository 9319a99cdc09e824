#include "services/access_code/rpc/holder_notice_handlers.h"

#include <optional>
#include <set>
#include <vector>

#include "libs/rpc/call.h"
#include "libs/status/errors.h"
#include "libs/status/status_macros.h"
#include "services/access_code/rpc/notices.h"
#include "services/access_code/storage/grant_store.h"
#include "services/access_code/storage/patient_directory.h"

namespace portal::access_code {

absl::StatusOr<v1::NotifyHoldersResponse> HolderNoticeHandlers::NotifyHolders(
    const rpc::Context& context, const v1::NotifyHoldersRequest& request) {
  status::FieldViolations violations;
  const auto patient_id = id::PatientId::Parse("patient_id", request.patient_id());
  const auto clinic_id = id::ClinicId::Parse("clinic_id", request.clinic_id());
  if (!id::Uuid::Parse(request.event_id()).has_value()) {
    violations.Add("event_id", "must be a lower-case UUID");
  }
  violations.Add(clinic_id.status());
  violations.Add(patient_id.status());
  if (request.kind() != v1::HOLDER_NOTICE_KIND_NEW_TREATMENT_PLAN) {
    violations.Add("kind", "is not one that this version knows");
  }
  RETURN_IF_ERROR(violations.ToStatus());
  const auto notify =
      [&](db::Transaction& transaction) -> absl::StatusOr<v1::NotifyHoldersResponse> {
    const auto holders_of = [&](const id::PatientId& patient) {
      return GrantStore::Holders(transaction, *clinic_id, patient, deps_.clock.Now(),
                                 /*except=*/std::nullopt);
    };
    // A merge takes the grants along: looked for after them, it misses nobody.
    const std::vector<id::AccountId> before = holders_of(*patient_id);
    std::set<id::AccountId> holders(before.begin(), before.end());
    const id::PatientId survivor = SurvivorOf(transaction, *patient_id);
    if (survivor != *patient_id) {
      const std::vector<id::AccountId> after = holders_of(survivor);
      holders.insert(after.begin(), after.end());
    }
    for (const id::AccountId& holder : holders) {
      TellNewTreatmentPlan(transaction, deps_.outbox, *clinic_id, survivor, holder);
    }
    return v1::NotifyHoldersResponse();
  };
  // The event's id is the request's: a delivery that repeats finds what the first one recorded.
  return deps_.idempotency.Run<v1::NotifyHoldersResponse>(
      deps_.pool, rpc::CallOf(context), rpc::KeyOf(context, request.event_id()), request, notify);
}

}  // namespace portal::access_code
