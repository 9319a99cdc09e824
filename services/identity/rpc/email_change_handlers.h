#ifndef SERVICES_IDENTITY_RPC_EMAIL_CHANGE_HANDLERS_H_
#define SERVICES_IDENTITY_RPC_EMAIL_CHANGE_HANDLERS_H_

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/db/session.h"
#include "libs/rpc/context.h"
#include "portal/identity/v1/email_change_service.pb.h"
#include "services/identity/domain/email.h"
#include "services/identity/domain/second_factor.h"
#include "services/identity/rpc/account_directory.h"
#include "services/identity/rpc/account_notices.h"
#include "services/identity/rpc/cut_off.h"
#include "services/identity/rpc/dependencies.h"
#include "services/identity/rpc/mails.h"
#include "services/identity/rpc/owner_check.h"
#include "services/identity/rpc/second_factor_check.h"
#include "services/identity/storage/account_store.h"
#include "services/identity/storage/attempt_counter.h"
#include "services/identity/storage/email_change_store.h"
#include "services/identity/storage/second_factor_store.h"

namespace portal::identity {

// portal.identity.v1.EmailChangeService.
class EmailChangeHandlers {
 public:
  explicit EmailChangeHandlers(const Dependencies& dependencies);

  // On the password lane.
  absl::StatusOr<v1::RequestEmailChangeResponse> RequestEmailChange(
      const rpc::Context& context, const v1::RequestEmailChangeRequest& request);
  absl::StatusOr<v1::ConfirmEmailChangeResponse> ConfirmEmailChange(
      const rpc::Context& context, const v1::ConfirmEmailChangeRequest& request);

 private:
  // What is asked for, once the password was found right.
  struct Asked {
    Owner owner;
    Email email;
    std::optional<SecondFactorCode> code;
  };
  absl::Status Begin(db::Transaction& transaction, const rpc::Context& context, const Asked& asked);
  absl::Status Complete(db::Transaction& transaction, const rpc::Context& context,
                        const std::string& token_hash);

  const Dependencies deps_;
  AccountStore accounts_;
  SecondFactorStore factors_;
  EmailChangeStore changes_;
  AttemptCounter attempts_;
  OwnerCheck owner_check_;
  SecondFactorCheck second_factor_check_;
  CutOff cut_off_;
  AccountDirectory directory_;
  const AccountNotices notices_;
  const Mails mails_;
};

}  // namespace portal::identity

#endif  // SERVICES_IDENTITY_RPC_EMAIL_CHANGE_HANDLERS_H_
