#ifndef LIBS_CRYPTO_PASSWORD_H_
#define LIBS_CRYPTO_PASSWORD_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace portal::crypto {

// Cost of one Argon2id hash (RFC 9106), one lane. The defaults are OWASP's minimum, about 10 ms.
struct PasswordCost {
  uint64_t passes = 2;
  size_t memory_bytes = 19 * 1024 * 1024;
};

// Argon2id password hashes in PHC form ("$argon2id$v=19$m=19456,t=2,p=1$<salt>$<hash>"), through
// libsodium. Each call works for milliseconds and needs the memory: run it on a bounded pool.
// Thread-safe.
class PasswordHasher {
 public:
  // INTERNAL if libsodium cannot work at this cost (less than 1 pass or 8 KiB).
  static absl::StatusOr<std::unique_ptr<PasswordHasher>> Create(const PasswordCost& cost);

  // With a new random salt. INTERNAL without memory.
  absl::StatusOr<std::string> Hash(absl::string_view password) const;

  // Whether `password` was hashed to `hash`, at the cost written in it. INTERNAL if `hash` is
  // malformed or memory is lacking: that is not a wrong password.
  absl::StatusOr<bool> Verify(absl::string_view hash, absl::string_view password) const;

  // For an account that does not exist: takes as long as Verify and fails as it does; never true.
  absl::StatusOr<bool> VerifyUnknown(absl::string_view password) const;

  // Whether `hash` was made at another cost than this hasher's. True for a malformed one.
  bool NeedsRehash(absl::string_view hash) const;

 private:
  explicit PasswordHasher(const PasswordCost& cost) : cost_(cost) {}

  const PasswordCost cost_;
  std::string unknown_;  // hash of a random password at cost_
};

}  // namespace portal::crypto

#endif  // LIBS_CRYPTO_PASSWORD_H_
