#ifndef SERVICES_IDENTITY_RPC_SECOND_FACTOR_HANDLERS_H_
#define SERVICES_IDENTITY_RPC_SECOND_FACTOR_HANDLERS_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/db/session.h"
#include "libs/rpc/context.h"
#include "portal/identity/v1/second_factor_service.pb.h"
#include "services/identity/rpc/account_notices.h"
#include "services/identity/rpc/dependencies.h"
#include "services/identity/rpc/owner_check.h"
#include "services/identity/rpc/second_factor_check.h"
#include "services/identity/storage/attempt_counter.h"
#include "services/identity/storage/device_store.h"
#include "services/identity/storage/password_store.h"
#include "services/identity/storage/second_factor_store.h"
#include "services/identity/storage/session_store.h"

namespace portal::identity {

// portal.identity.v1.SecondFactorService.
class SecondFactorHandlers {
 public:
  explicit SecondFactorHandlers(const Dependencies& dependencies);

  absl::StatusOr<v1::SecondFactor> GetSecondFactor(const rpc::Context& context,
                                                   const v1::GetSecondFactorRequest& request);
  // On the password lane; so are RegenerateRecoveryCodes and DisableSecondFactor.
  absl::StatusOr<v1::BeginSecondFactorResponse> BeginSecondFactor(
      const rpc::Context& context, const v1::BeginSecondFactorRequest& request);
  absl::StatusOr<v1::ConfirmSecondFactorResponse> ConfirmSecondFactor(
      const rpc::Context& context, const v1::ConfirmSecondFactorRequest& request);
  absl::StatusOr<v1::RegenerateRecoveryCodesResponse> RegenerateRecoveryCodes(
      const rpc::Context& context, const v1::RegenerateRecoveryCodesRequest& request);
  absl::StatusOr<v1::DisableSecondFactorResponse> DisableSecondFactor(
      const rpc::Context& context, const v1::DisableSecondFactorRequest& request);

  absl::StatusOr<v1::RequestSecondFactorRemovalResponse> RequestSecondFactorRemoval(
      const rpc::Context& context, const v1::RequestSecondFactorRemovalRequest& request);
  absl::StatusOr<v1::BeginSecondFactorRemovalResponse> BeginSecondFactorRemoval(
      const rpc::Context& context, const v1::BeginSecondFactorRemovalRequest& request);
  absl::StatusOr<v1::CancelSecondFactorRemovalResponse> CancelSecondFactorRemoval(
      const rpc::Context& context, const v1::CancelSecondFactorRemovalRequest& request);
  absl::StatusOr<v1::CompleteSecondFactorRemovalResponse> CompleteSecondFactorRemoval(
      const rpc::Context& context, const v1::CompleteSecondFactorRemovalRequest& request);

 private:
  absl::Status Disable(db::Transaction& transaction, const rpc::Context& context,
                       const Owner& owner, const SecondFactorCode& code);
  // Returns when it is due.
  absl::StatusOr<absl::Time> BeginRemoval(db::Transaction& transaction, const rpc::Context& context,
                                          const Challenge& challenge,
                                          const std::string& sealed_code);
  absl::Status Audit(db::Transaction& transaction, const rpc::Context& context,
                     const id::AccountId& account_id) const;

  const Dependencies deps_;
  SessionStore sessions_;
  SecondFactorStore factors_;
  ChallengeStore challenges_;
  DeviceStore devices_;
  AttemptCounter attempts_;
  OwnerCheck owner_check_;
  SecondFactorCheck check_;
  const AccountNotices notices_;
};

}  // namespace portal::identity

#endif  // SERVICES_IDENTITY_RPC_SECOND_FACTOR_HANDLERS_H_
