#ifndef SERVICES_ACCESS_CODE_STORAGE_CLOSED_ACCOUNTS_H_
#define SERVICES_ACCESS_CODE_STORAGE_CLOSED_ACCOUNTS_H_

#include "absl/time/time.h"
#include "libs/db/session.h"
#include "libs/id/ids.h"

namespace portal::access_code {

// Whether identity has told that the account is closed; its last passports outlive it by a minute.
// An account that is open stays so until the transaction ends: who closes it waits, and finds what
// the transaction made.
bool IsAccountClosed(db::Transaction& transaction, const id::AccountId& account_id);

// Nothing is opened for the account from here on.
void NoteClosedAccount(db::Transaction& transaction, const id::AccountId& account_id,
                       absl::Time now);

}  // namespace portal::access_code

#endif  // SERVICES_ACCESS_CODE_STORAGE_CLOSED_ACCOUNTS_H_
