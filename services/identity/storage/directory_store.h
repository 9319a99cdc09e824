#ifndef SERVICES_IDENTITY_STORAGE_DIRECTORY_STORE_H_
#define SERVICES_IDENTITY_STORAGE_DIRECTORY_STORE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "libs/db/session.h"
#include "libs/id/ids.h"
#include "services/identity/domain/clinic.h"

namespace portal::identity {

// What messaging is told of an account.
struct DirectoryAccount {
  id::AccountId account_id;
  // None once the account is closed.
  std::optional<std::string> email;
  // BCP 47, "en" or "fr".
  std::string language;
  // Rises with each change of the above.
  int64_t version;
};

// Which accounts messaging was told of, and in which version. Thread-safe.
class DirectoryStore {
 public:
  // The account as it is in this transaction, marked as told of.
  absl::StatusOr<DirectoryAccount> Tell(db::Transaction& transaction,
                                        const id::AccountId& account_id);

  // At most `limit` accounts that messaging was never told of, or not in their present version,
  // marked as told of. Those that another transaction is changing are left to it.
  std::vector<DirectoryAccount> TellUntold(db::Transaction& transaction, int limit);

  // The same of clinics; of each only what messaging is told.
  std::vector<Clinic> TellUntoldClinics(db::Transaction& transaction, int limit);
};

}  // namespace portal::identity

#endif  // SERVICES_IDENTITY_STORAGE_DIRECTORY_STORE_H_
