#ifndef SERVICES_IDENTITY_RPC_ACCOUNT_DIRECTORY_H_
#define SERVICES_IDENTITY_RPC_ACCOUNT_DIRECTORY_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/db/pool.h"
#include "libs/id/ids.h"
#include "libs/outbox/outbox.h"
#include "services/identity/storage/directory_store.h"

namespace portal::identity {

// How messaging learns where the mail of accounts goes: each change of an address, a language or an
// account's state goes through the outbox to its DirectoryService.
class AccountDirectory {
 public:
  AccountDirectory(db::Pool& pool, const outbox::Outbox& outbox) : pool_(pool), outbox_(outbox) {}

  // Tells of the account as it is in the transaction that made or changed it.
  absl::Status Tell(db::Transaction& transaction, const id::AccountId& account_id);

  // Tells of accounts that were made or changed without Tell(): those from before messaging was
  // there. Returns whether there may be more.
  absl::StatusOr<bool> TellUntold();

 private:
  void Append(db::Transaction& transaction, const DirectoryAccount& account) const;

  db::Pool& pool_;
  const outbox::Outbox& outbox_;
  DirectoryStore store_;
};

}  // namespace portal::identity

#endif  // SERVICES_IDENTITY_RPC_ACCOUNT_DIRECTORY_H_
