#ifndef SERVICES_IDENTITY_STORAGE_PASSWORD_STORE_H_
#define SERVICES_IDENTITY_STORAGE_PASSWORD_STORE_H_

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "libs/db/pool.h"
#include "libs/id/ids.h"
#include "services/identity/domain/device.h"
#include "services/identity/domain/email.h"
#include "services/identity/domain/session.h"
#include "services/identity/storage/account_store.h"

namespace portal::identity {

// The account of a live session, with what its owner proves again before something that matters.
struct Owner {
  id::AccountId account_id;
  AccountContact contact;
  // None if no password was chosen yet.
  std::optional<std::string> password_hash;
  // Where the session was opened, if that is known.
  std::optional<DeviceId> device_id;
};

// An account whose password was replaced by a link.
struct ResetAccount {
  id::AccountId account_id;
  AccountContact contact;
};

// Passwords that are replaced, and the links that replace forgotten ones. Thread-safe.
class PasswordStore {
 public:
  explicit PasswordStore(db::Pool& pool) : pool_(pool) {}

  // None if the session is not live at `now` or not the account's.
  absl::StatusOr<std::optional<Owner>> FindOwner(const db::CallOptions& call,
                                                 const id::SessionId& session_id,
                                                 const id::AccountId& account_id,
                                                 const SessionLimits& limits, absl::Time now);

  // Replaces a hash that was verified. Returns whether it was the account's still.
  absl::StatusOr<bool> Replace(db::Transaction& transaction, const id::AccountId& account_id,
                               absl::string_view old_hash, absl::string_view new_hash);

  // Whom a link goes to. Without an account the address as it was given: nobody must get it.
  struct ResetRecipient {
    bool has_account;
    AccountContact contact;
  };

  // Takes the place of an earlier link for the address. The same work with and without an account.
  absl::StatusOr<ResetRecipient> PutReset(db::Transaction& transaction, const Email& email,
                                          absl::string_view token_hash, absl::Time expires_at);

  // Whether the link is good at `now`.
  absl::StatusOr<bool> HasReset(const db::CallOptions& call, absl::string_view token_hash,
                                absl::Time now);

  // Uses the link. LINK_REJECTED if it is unknown, used, replaced, at `now` expired, or the account
  // has left the address it was sent to.
  absl::StatusOr<ResetAccount> Reset(db::Transaction& transaction, absl::string_view token_hash,
                                     absl::string_view new_hash, absl::Time now);

  // The account's link is void.
  absl::Status VoidReset(db::Transaction& transaction, const id::AccountId& account_id);

 private:
  db::Pool& pool_;
};

}  // namespace portal::identity

#endif  // SERVICES_IDENTITY_STORAGE_PASSWORD_STORE_H_
