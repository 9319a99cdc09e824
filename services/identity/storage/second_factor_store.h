#ifndef SERVICES_IDENTITY_STORAGE_SECOND_FACTOR_STORE_H_
#define SERVICES_IDENTITY_STORAGE_SECOND_FACTOR_STORE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "libs/db/pool.h"
#include "libs/id/ids.h"
#include "services/identity/domain/device.h"
#include "services/identity/storage/account_store.h"

namespace portal::identity {

// An account's second factor, confirmed or only begun.
struct SecondFactor {
  std::string sealed_secret;
  // None: begun.
  std::optional<absl::Time> confirmed_at;
  // The newest TOTP step that was accepted.
  int64_t last_step = 0;
  // When it can be removed without a code.
  std::optional<absl::Time> removal_at;
  int recovery_codes_left = 0;
};

// Second factors and their recovery codes. Thread-safe.
class SecondFactorStore {
 public:
  explicit SecondFactorStore(db::Pool& pool) : pool_(pool) {}

  // None if the account has none, not even a begun one.
  absl::StatusOr<std::optional<SecondFactor>> Find(const db::CallOptions& call,
                                                   const id::AccountId& account_id);
  // Whether sign-in asks for it.
  absl::StatusOr<bool> IsEnabled(db::Transaction& transaction, const id::AccountId& account_id);
  // Keeps others from using or changing it until the transaction ends.
  absl::StatusOr<std::optional<SecondFactor>> Lock(db::Transaction& transaction,
                                                   const id::AccountId& account_id);

  // Begins one, or begins anew. False if the account has one.
  absl::StatusOr<bool> Begin(db::Transaction& transaction, const id::AccountId& account_id,
                             absl::string_view sealed_secret);
  // From now on sign-in asks for it.
  absl::Status Confirm(db::Transaction& transaction, const id::AccountId& account_id,
                       absl::Time now);

  // Uses the step's code up and stores the secret sealed anew; a removal that was asked for is off.
  // False if that step or a later one was used before.
  absl::StatusOr<bool> UseStep(db::Transaction& transaction, const id::AccountId& account_id,
                               int64_t step, absl::string_view sealed_secret);
  // Uses a recovery code up. False if there is none with this hash.
  absl::StatusOr<bool> UseRecoveryCode(db::Transaction& transaction,
                                       const id::AccountId& account_id,
                                       absl::string_view code_hash);
  // In place of all that were there.
  absl::Status PutRecoveryCodes(db::Transaction& transaction, const id::AccountId& account_id,
                                const std::vector<std::string>& code_hashes);

  // Removes a factor, even a begun one, with its recovery codes; no session counts as having proven
  // it any more. False if there was no confirmed one. Who may ask for that, the caller has found
  // out.
  absl::StatusOr<bool> Remove(db::Transaction& transaction, const id::AccountId& account_id);

  // Takes the place of an earlier code that proves the mailbox of who asks for a removal. False if
  // there is no factor to remove.
  absl::StatusOr<bool> PutRemovalCode(db::Transaction& transaction, const id::AccountId& account_id,
                                      absl::string_view sealed_code, absl::Time expires_at);
  // Counts a try, and returns what to compare it with: of any number at once no more than
  // kTriesPerMailboxCode get it. None if there is no code, or it was tried too often, or at `now`
  // expired.
  absl::StatusOr<std::optional<std::string>> TryRemovalCode(const db::CallOptions& call,
                                                            const id::AccountId& account_id,
                                                            absl::Time now);
  // Uses that very code up. False if it was used or replaced meanwhile.
  absl::StatusOr<bool> UseRemovalCode(db::Transaction& transaction, const id::AccountId& account_id,
                                      absl::string_view sealed_code);

  // Begins the waiting time of a removal. False if one is running, or there is no factor.
  absl::StatusOr<bool> BeginRemoval(db::Transaction& transaction, const id::AccountId& account_id,
                                    absl::Time removal_at, absl::string_view token_hash,
                                    absl::Time now);
  // The account whose removal the token cancels, running or not; none if the token is unknown.
  absl::StatusOr<std::optional<id::AccountId>> CancelRemoval(db::Transaction& transaction,
                                                             absl::string_view token_hash);
  // Remove(), if at `now` the waiting time is over and the removal has not lapsed.
  absl::StatusOr<bool> CompleteRemoval(db::Transaction& transaction,
                                       const id::AccountId& account_id, absl::Time now);

 private:
  db::Pool& pool_;
};

// A sign-in that proved the password and owes the second factor.
struct Challenge {
  id::AccountId account_id;
  AccountContact contact;
  // As in NewSession.
  std::string device;
  std::optional<DeviceId> device_id;
};

// Thread-safe.
class ChallengeStore {
 public:
  explicit ChallengeStore(db::Pool& pool) : pool_(pool) {}

  // `token_hash`: SHA-256 of the challenge's token; so below.
  absl::Status Put(db::Transaction& transaction, absl::string_view token_hash,
                   const Challenge& challenge, absl::Time expires_at);
  // CHALLENGE_REJECTED if it is unknown, used or, at `now`, expired; so below.
  absl::StatusOr<Challenge> Find(const db::CallOptions& call, absl::string_view token_hash,
                                 absl::Time now);
  absl::Status Use(db::Transaction& transaction, absl::string_view token_hash, absl::Time now);
  // All of the account's are void.
  absl::Status Void(db::Transaction& transaction, const id::AccountId& account_id);

 private:
  db::Pool& pool_;
};

}  // namespace portal::identity

#endif  // SERVICES_IDENTITY_STORAGE_SECOND_FACTOR_STORE_H_
