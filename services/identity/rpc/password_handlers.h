#ifndef SERVICES_IDENTITY_RPC_PASSWORD_HANDLERS_H_
#define SERVICES_IDENTITY_RPC_PASSWORD_HANDLERS_H_

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/db/session.h"
#include "libs/rpc/context.h"
#include "portal/identity/v1/password_service.pb.h"
#include "services/identity/rpc/account_notices.h"
#include "services/identity/rpc/cut_off.h"
#include "services/identity/rpc/dependencies.h"
#include "services/identity/rpc/owner_check.h"
#include "services/identity/rpc/password_check.h"
#include "services/identity/storage/account_store.h"
#include "services/identity/storage/attempt_counter.h"
#include "services/identity/storage/password_store.h"
#include "services/identity/storage/second_factor_store.h"

namespace portal::identity {

// portal.identity.v1.PasswordService.
class PasswordHandlers {
 public:
  explicit PasswordHandlers(const Dependencies& dependencies);

  // On the password lane.
  absl::StatusOr<v1::ChangePasswordResponse> ChangePassword(
      const rpc::Context& context, const v1::ChangePasswordRequest& request);
  absl::StatusOr<v1::RequestPasswordResetResponse> RequestPasswordReset(
      const rpc::Context& context, const v1::RequestPasswordResetRequest& request);
  // On the password lane.
  absl::StatusOr<v1::ResetPasswordResponse> ResetPassword(const rpc::Context& context,
                                                          const v1::ResetPasswordRequest& request);

 private:
  // The hash of the new password, once the old one was found right.
  absl::StatusOr<std::string> HashForOwner(const db::CallOptions& call, const Owner& owner,
                                           const v1::ChangePasswordRequest& request);
  absl::Status Change(db::Transaction& transaction, const rpc::Context& context, const Owner& owner,
                      const std::string& new_hash);
  // The hash of the new password, if the link is worth it.
  absl::StatusOr<std::string> HashForLink(const db::CallOptions& call,
                                          const std::string& token_hash,
                                          const std::string& new_password);
  absl::Status Reset(db::Transaction& transaction, const rpc::Context& context,
                     const std::string& token_hash, const std::string& new_hash);

  const Dependencies deps_;
  AccountStore accounts_;
  PasswordStore password_store_;
  SecondFactorStore factors_;
  AttemptCounter attempts_;
  PasswordCheck passwords_;
  OwnerCheck owner_check_;
  CutOff cut_off_;
  const AccountNotices notices_;
};

}  // namespace portal::identity

#endif  // SERVICES_IDENTITY_RPC_PASSWORD_HANDLERS_H_
