#ifndef SERVICES_IDENTITY_RPC_ACCOUNT_HANDLERS_H_
#define SERVICES_IDENTITY_RPC_ACCOUNT_HANDLERS_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/db/session.h"
#include "libs/rpc/context.h"
#include "portal/identity/v1/account.pb.h"
#include "portal/identity/v1/account_service.pb.h"
#include "services/identity/rpc/account_directory.h"
#include "services/identity/rpc/dependencies.h"
#include "services/identity/rpc/mails.h"
#include "services/identity/rpc/password_check.h"
#include "services/identity/storage/account_store.h"
#include "services/identity/storage/attempt_counter.h"

namespace portal::identity {

// portal.identity.v1.AccountService.
class AccountHandlers {
 public:
  explicit AccountHandlers(const Dependencies& dependencies);

  // On the password lane.
  absl::StatusOr<v1::SignUpResponse> SignUp(const rpc::Context& context,
                                            const v1::SignUpRequest& request);
  // On the password lane.
  absl::StatusOr<v1::VerifyEmailResponse> VerifyEmail(const rpc::Context& context,
                                                      const v1::VerifyEmailRequest& request);
  absl::StatusOr<v1::Account> GetAccount(const rpc::Context& context,
                                         const v1::GetAccountRequest& request);
  absl::StatusOr<v1::Account> UpdateAccount(const rpc::Context& context,
                                            const v1::UpdateAccountRequest& request);
  absl::StatusOr<v1::Account> AcceptTerms(const rpc::Context& context,
                                          const v1::AcceptTermsRequest& request);

 private:
  // Counts, records and mails a sign-up whose password is hashed.
  absl::Status Record(db::Transaction& transaction, const rpc::Context& context,
                      identity::SignUp sign_up);
  // Makes the account that a link belongs to, once its password was found right.
  absl::Status Prove(db::Transaction& transaction, const rpc::Context& context,
                     const std::string& token_hash);
  // The calling account as the transaction leaves it. SESSION_ENDED: it was closed, and so was its
  // session.
  absl::StatusOr<v1::Account> Changed(db::Transaction& transaction, const rpc::Context& context);

  const Dependencies deps_;
  AccountStore accounts_;
  AttemptCounter attempts_;
  PasswordCheck passwords_;
  AccountDirectory directory_;
  const Mails mails_;
};

}  // namespace portal::identity

#endif  // SERVICES_IDENTITY_RPC_ACCOUNT_HANDLERS_H_
