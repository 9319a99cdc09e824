#ifndef SERVICES_IDENTITY_STORAGE_MAILBOX_CODE_STORE_H_
#define SERVICES_IDENTITY_STORAGE_MAILBOX_CODE_STORE_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/crypto/keyring.h"
#include "libs/db/pool.h"
#include "services/identity/domain/email.h"
#include "services/identity/domain/mailbox_code.h"

namespace portal::identity {

// Sent to a mailbox, not typed in yet.
struct PendingMailboxCode {
  MailboxCodeId mailbox_code_id;
  Email email;
  // BCP 47, "en" or "fr".
  std::string language;
  absl::Time created_at;
  absl::Time expires_at;
};

// A mailbox that was proven.
struct ProvenMailbox {
  Email email;
  std::string language;
};

// Codes that prove mailboxes, the newest of each address. Codes are kept as HMACs under a key that
// is not in the database, because a plain hash of six digits gives them away: a million are hashed
// in a second. Thread-safe.
class MailboxCodeStore {
 public:
  // `keys` outlives the store; a key stays in it until the codes made with it have expired.
  MailboxCodeStore(db::Pool& pool, const crypto::Keyring& keys) : pool_(pool), keys_(keys) {}

  // Takes the place of an earlier code for the address.
  absl::Status Put(db::Transaction& transaction, const PendingMailboxCode& pending,
                   const MailboxCode& code);

  // Counts a try, before the code is looked at: of any number at once no more than
  // kTriesPerMailboxCode are. MAILBOX_CODE_REJECTED if the code is not the address's, or at `now`
  // expired, or was tried too often.
  absl::StatusOr<MailboxCodeId> Try(const db::CallOptions& call, const Email& email,
                                    const MailboxCode& code, absl::Time now);

  // Uses a code that was tried. MAILBOX_CODE_REJECTED if it was used or replaced meanwhile.
  absl::StatusOr<ProvenMailbox> Use(db::Transaction& transaction,
                                    const MailboxCodeId& mailbox_code_id);

 private:
  db::Pool& pool_;
  const crypto::Keyring& keys_;
};

}  // namespace portal::identity

#endif  // SERVICES_IDENTITY_STORAGE_MAILBOX_CODE_STORE_H_
