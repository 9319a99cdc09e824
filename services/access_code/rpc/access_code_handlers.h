#ifndef SERVICES_ACCESS_CODE_RPC_ACCESS_CODE_HANDLERS_H_
#define SERVICES_ACCESS_CODE_RPC_ACCESS_CODE_HANDLERS_H_

#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "libs/db/session.h"
#include "libs/rpc/context.h"
#include "libs/rpc/page_token.h"
#include "portal/access_code/v1/access_code_service.pb.h"
#include "services/access_code/domain/code_words.h"
#include "services/access_code/rpc/code_issuer.h"
#include "services/access_code/rpc/dependencies.h"
#include "services/access_code/rpc/redemption_metrics.h"
#include "services/access_code/rpc/refusal_alarm.h"
#include "services/access_code/storage/access_code_store.h"
#include "services/access_code/storage/attempt_ledger.h"

namespace portal::access_code {

// portal.access_code.v1.AccessCodeService.
class AccessCodeHandlers {
 public:
  explicit AccessCodeHandlers(const Dependencies& dependencies);

  absl::StatusOr<v1::IssueAccessCodeResponse> IssueAccessCode(
      const rpc::Context& context, const v1::IssueAccessCodeRequest& request);
  absl::StatusOr<v1::ListAccessCodesResponse> ListAccessCodes(
      const rpc::Context& context, const v1::ListAccessCodesRequest& request);
  absl::StatusOr<v1::AccessCode> CancelAccessCode(const rpc::Context& context,
                                                  const v1::CancelAccessCodeRequest& request);
  absl::StatusOr<v1::RedeemAccessCodeResponse> RedeemAccessCode(
      const rpc::Context& context, const v1::RedeemAccessCodeRequest& request);

 private:
  // The redemption itself, once the attempt is counted. `refused` says why it was refused.
  absl::StatusOr<v1::RedeemAccessCodeResponse> Redeem(
      const rpc::Context& context, const v1::RedeemAccessCodeRequest& request,
      const CodeWords& words, const std::optional<absl::CivilDay>& birth_date,
      std::optional<RefusedCode>& refused);
  // Counts the attempt. TOO_MANY_ATTEMPTS leaves an audit row.
  absl::Status Admit(const rpc::Context& context);
  // The end of a repeated redemption: OK with its audit row while the account holds the grant, and
  // what that opens now, or has the form open; afterwards the code is a used one, as for everybody.
  absl::Status Repeat(db::Transaction& transaction, const rpc::Context& context,
                      const v1::RedeemAccessCodeResponse& recorded,
                      std::optional<RefusedCode>& refused,
                      std::optional<AccessiblePatient>& opened) const;
  absl::Status RepeatForm(db::Transaction& transaction, const rpc::Context& context,
                          const v1::OpenedForm& recorded,
                          std::optional<RefusedCode>& refused) const;
  // Audit row, notices and answer of a redemption.
  absl::StatusOr<v1::RedeemAccessCodeResponse> Record(db::Transaction& transaction,
                                                      const rpc::Context& context,
                                                      const RedeemedCode& redeemed);
  // Of a form's code nobody else is told: it shows nothing of the patient.
  absl::StatusOr<v1::RedeemAccessCodeResponse> Record(db::Transaction& transaction,
                                                      const rpc::Context& context,
                                                      const FormAccess& opened);
  // `refusal`, once its audit row is committed.
  absl::Status Refuse(const rpc::Context& context, absl::Status refusal,
                      const std::optional<RefusedCode::Meant>& meant);

  const Dependencies deps_;
  const rpc::PageTokens page_tokens_;
  const AccessCodeStore codes_;
  const AttemptLedger attempts_;
  CodeIssuer issuer_;
  RedemptionMetrics metrics_;
  RefusalAlarm alarm_;
};

}  // namespace portal::access_code

#endif  // SERVICES_ACCESS_CODE_RPC_ACCESS_CODE_HANDLERS_H_
