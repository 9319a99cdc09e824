#ifndef SERVICES_IDENTITY_STORAGE_ATTEMPT_COUNTER_H_
#define SERVICES_IDENTITY_STORAGE_ATTEMPT_COUNTER_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "libs/db/pool.h"
#include "libs/time/clock.h"
#include "services/identity/domain/device.h"
#include "services/identity/domain/email.h"
#include "services/identity/domain/limits.h"

namespace portal::identity {

// What is counted. The numbers are in the database.
enum class AttemptKind {
  kSignInOfAccount = 1,   // by e-mail address, whether or not it has an account
  kSignInFromClient = 2,  // by the client's network
  kSignUpOfEmail = 3,
  kSignUpFromClient = 4,
  kVerifyEmailFromClient = 5,
  kSignInFromDevice = 6,  // by the id of a device that the account was used from before
  kPasswordResetOfEmail = 7,
  kPasswordResetFromClient = 8,
  kRemovalCodeOfEmail = 9,
  kEmailChangeOfEmail = 10,  // by the new address
  kEmailChangeFromClient = 11,
  kInvitationOfEmail = 20,
  kMailboxCodeOfEmail = 21,
  kMailboxCodeFromClient = 22,
  kMailboxTryFromClient = 23,
  kServiceAccountSignInFromClient = 30,
};

// An attempt, of its kind, at or from somebody.
class Attempt {
 public:
  static Attempt OfEmail(AttemptKind kind, const Email& email, const AttemptLimit& limit);
  // See domain/device.h.
  static Attempt FromDevice(AttemptKind kind, const DeviceId& device_id, const AttemptLimit& limit);
  // IPv4 addresses count alone, those of an IPv6 network of 64 bits together: whoever has one has
  // all of them.
  static Attempt FromClient(AttemptKind kind, absl::string_view address, const AttemptLimit& limit);

  AttemptKind kind() const { return kind_; }
  const AttemptLimit& limit() const { return limit_; }
  // SHA-256.
  const std::string& subject() const { return subject_; }

 private:
  Attempt(AttemptKind kind, absl::string_view subject, const AttemptLimit& limit);

  AttemptKind kind_;
  AttemptLimit limit_;
  std::string subject_;
};

// Counts attempts before they are made: of any number at once at most the limit are admitted, and
// in no stretch of the window, wherever it begins, are there more. A refused attempt does not
// count. Thread-safe.
class AttemptCounter {
 public:
  AttemptCounter(db::Pool& pool, const time::Clock& clock) : pool_(pool), clock_(clock) {}

  // Counts the attempt and returns true, or returns false if it is one too many.
  absl::StatusOr<bool> Count(const db::CallOptions& call, const Attempt& attempt);

  // TOO_MANY_ATTEMPTS instead of false.
  absl::Status Admit(const db::CallOptions& call, const Attempt& attempt);
  // The same in a transaction: the attempt counts if it commits.
  absl::Status Admit(db::Transaction& transaction, const Attempt& attempt);

  // The attempt was no guess: takes it back.
  absl::Status Forgive(db::Transaction& transaction, const Attempt& attempt);
  // The guessing is over: forgets all attempts at this subject.
  absl::Status Clear(db::Transaction& transaction, const Attempt& attempt);

 private:
  bool Count(db::Session& session, const Attempt& attempt, absl::Time now);
  absl::Status Refusal(db::Session& session, const Attempt& attempt, absl::Time now);

  db::Pool& pool_;
  const time::Clock& clock_;
};

}  // namespace portal::identity

#endif  // SERVICES_IDENTITY_STORAGE_ATTEMPT_COUNTER_H_
