#ifndef SERVICES_RECORDS_RPC_PLAN_REVISION_TOKEN_H_
#define SERVICES_RECORDS_RPC_PLAN_REVISION_TOKEN_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "libs/crypto/sealer.h"
#include "libs/id/ids.h"

namespace portal::records {

// Names the revision of a plan that was shown to an account, and proves that it was: a holder marks
// as seen, and is later shown differences to, nothing else.
class PlanRevisionTokens {
 public:
  // `sealer` outlives this.
  explicit PlanRevisionTokens(const crypto::Sealer& sealer) : sealer_(sealer) {}

  std::string Make(const id::AccountId& account_id, const id::PatientId& patient_id,
                   const id::SoapChartId& plan_id, int64_t revision) const;

  // INVALID_FIELD naming "revision_token" for anything that Make() did not return for these.
  absl::StatusOr<int64_t> Parse(const id::AccountId& account_id, const id::PatientId& patient_id,
                                const id::SoapChartId& plan_id, absl::string_view token) const;

 private:
  const crypto::Sealer& sealer_;
};

}  // namespace portal::records

#endif  // SERVICES_RECORDS_RPC_PLAN_REVISION_TOKEN_H_
