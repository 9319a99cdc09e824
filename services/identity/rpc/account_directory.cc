#include "services/identity/rpc/account_directory.h"

#include <vector>

#include "libs/status/status_macros.h"
#include "portal/messaging/v1/directory_service.pb.h"
#include "services/identity/domain/limits.h"
#include "services/identity/rpc/messaging_routes.h"

namespace portal::identity {

absl::Status AccountDirectory::Tell(db::Transaction& transaction, const id::AccountId& account_id) {
  ASSIGN_OR_RETURN(const DirectoryAccount account, store_.Tell(transaction, account_id));
  Append(transaction, account);
  return absl::OkStatus();
}

absl::StatusOr<bool> AccountDirectory::TellUntold() {
  return pool_.Transact([&](db::Transaction& transaction) -> absl::StatusOr<bool> {
    const std::vector<DirectoryAccount> accounts = store_.TellUntold(transaction, kTellBatch);
    for (const DirectoryAccount& account : accounts) Append(transaction, account);
    return accounts.size() == kTellBatch;
  });
}

void AccountDirectory::Append(db::Transaction& transaction, const DirectoryAccount& account) const {
  messaging::v1::PutAccountRequest request;
  request.set_account_id(account.account_id.ToString());
  request.set_email(account.email.value_or(""));
  request.set_language(account.language);
  request.set_version(account.version);
  outbox_.Append(transaction, kAccountDirectoryTopic, request.SerializeAsString());
}

}  // namespace portal::identity
