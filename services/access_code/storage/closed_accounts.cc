#include "services/access_code/storage/closed_accounts.h"

#include "services/access_code/storage/queries.h"

namespace portal::access_code {

bool IsAccountClosed(db::Transaction& transaction, const id::AccountId& account_id) {
  return transaction.Exec(queries::kIsAccountClosed, account_id).One().Bool("closed");
}

void NoteClosedAccount(db::Transaction& transaction, const id::AccountId& account_id,
                       absl::Time now) {
  transaction.Exec(queries::kCloseAccount, account_id, now);
}

}  // namespace portal::access_code
