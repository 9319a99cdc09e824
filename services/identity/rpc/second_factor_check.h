#ifndef SERVICES_IDENTITY_RPC_SECOND_FACTOR_CHECK_H_
#define SERVICES_IDENTITY_RPC_SECOND_FACTOR_CHECK_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/crypto/sealer.h"
#include "libs/db/session.h"
#include "libs/id/ids.h"
#include "libs/time/clock.h"
#include "services/identity/domain/second_factor.h"
#include "services/identity/storage/second_factor_store.h"

namespace portal::identity {

// What second factors are made of and checked by. Whoever calls has counted the attempt.
class SecondFactorCheck {
 public:
  SecondFactorCheck(SecondFactorStore& factors, const crypto::Sealer& sealer,
                    const time::Clock& clock)
      : factors_(factors), sealer_(sealer), clock_(clock) {}

  // Uses a code of the account's factor up: OK, SECOND_FACTOR_REJECTED, or
  // SECOND_FACTOR_NOT_ENABLED. Of two uses of one code at once one is accepted.
  absl::Status Check(db::Transaction& transaction, const id::AccountId& account_id,
                     const SecondFactorCode& code);

  // The same for who may have no second factor: OK if the account has none, whatever the code.
  // SECOND_FACTOR_REJECTED if it has one and there is no code.
  absl::Status CheckIfEnabled(db::Transaction& transaction, const id::AccountId& account_id,
                              const std::optional<SecondFactorCode>& code);

  // Uses the first code of a factor that was begun up, and confirms it. SECOND_FACTOR_REJECTED, or
  // SECOND_FACTOR_NOT_BEGUN.
  absl::Status Confirm(db::Transaction& transaction, const id::AccountId& account_id,
                       const SecondFactorCode& code);

  // A secret for the account, as it is stored.
  std::string Seal(const id::AccountId& account_id, const std::string& secret) const;

  // Ten new recovery codes in place of those before; as they are shown.
  absl::StatusOr<std::vector<std::string>> RenewRecoveryCodes(db::Transaction& transaction,
                                                              const id::AccountId& account_id);

 private:
  absl::Status Use(db::Transaction& transaction, const id::AccountId& account_id,
                   const SecondFactor& factor, const SecondFactorCode& code);
  absl::Status UseTotp(db::Transaction& transaction, const id::AccountId& account_id,
                       const SecondFactor& factor, const std::string& code);

  SecondFactorStore& factors_;
  const crypto::Sealer& sealer_;
  const time::Clock& clock_;
};

}  // namespace portal::identity

#endif  // SERVICES_IDENTITY_RPC_SECOND_FACTOR_CHECK_H_
