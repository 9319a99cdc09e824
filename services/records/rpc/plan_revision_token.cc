#include "services/records/rpc/plan_revision_token.h"

#include <optional>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "libs/crypto/encoding.h"
#include "libs/status/errors.h"

namespace portal::records {
namespace {

// A sealed number is far shorter.
constexpr size_t kMaxTokenBytes = 512;

std::string ShownTo(const id::AccountId& account_id, const id::PatientId& patient_id,
                    const id::SoapChartId& plan_id) {
  return absl::StrCat("plan_revision|", account_id.ToString(), "|", patient_id.ToString(), "|",
                      plan_id.ToString());
}

}  // namespace

std::string PlanRevisionTokens::Make(const id::AccountId& account_id,
                                     const id::PatientId& patient_id,
                                     const id::SoapChartId& plan_id, int64_t revision) const {
  return crypto::Base64UrlEncode(
      sealer_.Seal(absl::StrCat(revision), ShownTo(account_id, patient_id, plan_id)));
}

absl::StatusOr<int64_t> PlanRevisionTokens::Parse(const id::AccountId& account_id,
                                                  const id::PatientId& patient_id,
                                                  const id::SoapChartId& plan_id,
                                                  absl::string_view token) const {
  const absl::Status invalid =
      status::InvalidField("revision_token", "is not of an answer about this plan");
  if (token.size() > kMaxTokenBytes) return invalid;
  const std::optional<std::string> sealed = crypto::Base64UrlDecode(token);
  if (!sealed.has_value()) return invalid;
  const auto revision = sealer_.Open(*sealed, ShownTo(account_id, patient_id, plan_id));
  int64_t number;
  if (!revision.ok() || !absl::SimpleAtoi(*revision, &number)) return invalid;
  return number;
}

}  // namespace portal::records
