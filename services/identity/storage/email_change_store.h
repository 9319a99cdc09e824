#ifndef SERVICES_IDENTITY_STORAGE_EMAIL_CHANGE_STORE_H_
#define SERVICES_IDENTITY_STORAGE_EMAIL_CHANGE_STORE_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "libs/db/session.h"
#include "libs/id/ids.h"
#include "services/identity/domain/email.h"
#include "services/identity/storage/account_store.h"

namespace portal::identity {

// An account that is to move to another address.
struct PendingEmailChange {
  id::AccountId account_id;
  Email email;
  // Where it was asked for.
  id::SessionId session_id;
  // SHA-256 of the link's token.
  std::string token_hash;
  absl::Time expires_at;
};

// Accounts that are to move to another address, and the links that prove it. Thread-safe.
class EmailChangeStore {
 public:
  // Takes the place of an earlier change of the account. Returns whether another account has the
  // address: then nobody must get the link.
  absl::StatusOr<bool> Put(db::Transaction& transaction, const PendingEmailChange& pending);

  // An account that has moved, where it was, and the session that asked for that.
  struct Moved {
    id::AccountId account_id;
    AccountContact before;
    id::SessionId session_id;
  };

  // Uses the link; a pending sign-up for the new address is void. LINK_REJECTED if the link is
  // unknown, used, replaced, at `now` expired, or another account has got the address: that ends
  // the transaction.
  absl::StatusOr<Moved> Move(db::Transaction& transaction, absl::string_view token_hash,
                             absl::Time now);

  // The account's link is void.
  absl::Status Void(db::Transaction& transaction, const id::AccountId& account_id);
};

}  // namespace portal::identity

#endif  // SERVICES_IDENTITY_STORAGE_EMAIL_CHANGE_STORE_H_
