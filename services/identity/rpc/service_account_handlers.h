#ifndef SERVICES_IDENTITY_RPC_SERVICE_ACCOUNT_HANDLERS_H_
#define SERVICES_IDENTITY_RPC_SERVICE_ACCOUNT_HANDLERS_H_

#include "absl/status/statusor.h"
#include "libs/rpc/context.h"
#include "libs/rpc/page_token.h"
#include "portal/identity/v1/service_account.pb.h"
#include "portal/identity/v1/service_account_service.pb.h"
#include "services/identity/rpc/dependencies.h"
#include "services/identity/storage/attempt_counter.h"
#include "services/identity/storage/clinic_store.h"
#include "services/identity/storage/service_account_store.h"
#include "services/identity/storage/staff_store.h"

namespace portal::identity {

// portal.identity.v1.ServiceAccountService.
class ServiceAccountHandlers {
 public:
  explicit ServiceAccountHandlers(const Dependencies& dependencies);

  absl::StatusOr<v1::CreateServiceAccountResponse> CreateServiceAccount(
      const rpc::Context& context, const v1::CreateServiceAccountRequest& request);
  absl::StatusOr<v1::ListServiceAccountsResponse> ListServiceAccounts(
      const rpc::Context& context, const v1::ListServiceAccountsRequest& request);
  absl::StatusOr<v1::RotateServiceAccountSecretResponse> RotateServiceAccountSecret(
      const rpc::Context& context, const v1::RotateServiceAccountSecretRequest& request);
  absl::StatusOr<v1::ServiceAccount> RevokeServiceAccount(
      const rpc::Context& context, const v1::RevokeServiceAccountRequest& request);
  absl::StatusOr<v1::SignInServiceAccountResponse> SignInServiceAccount(
      const rpc::Context& context, const v1::SignInServiceAccountRequest& request);

 private:
  // A repetition tells the secret again.
  absl::Status NoteRepetition(db::Transaction& transaction, const rpc::Context& context,
                              const v1::ServiceAccount& account) const;

  const Dependencies deps_;
  rpc::PageTokens page_tokens_;
  ClinicStore clinics_;
  StaffStore staff_;
  ServiceAccountStore service_accounts_;
  AttemptCounter attempts_;
};

}  // namespace portal::identity

#endif  // SERVICES_IDENTITY_RPC_SERVICE_ACCOUNT_HANDLERS_H_
