#ifndef LIBS_AUTH_PASSPORT_TOKEN_H_
#define LIBS_AUTH_PASSPORT_TOKEN_H_

#include <cstddef>
#include <list>
#include <memory>
#include <mutex>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "libs/auth/passport.h"
#include "libs/crypto/signing.h"
#include "libs/time/clock.h"

// Passports on the wire: PASETO v4.public (Ed25519) with the claims sub (account), sid (session),
// name, roles (clinic id → roles), iss and aud (both the installation), iat, exp; the footer names
// the key. See docs/adr/0003-passports.md. A service account's has svc (clinic, scopes) in place of
// roles: a program from before service accounts finds it malformed rather than a person's.
namespace portal::auth {

// A passport is good for this long; every service refuses longer ones.
inline constexpr absl::Duration kPassportLifetime = absl::Seconds(60);
// Clocks of two machines may differ by this much.
inline constexpr absl::Duration kClockSkew = absl::Seconds(2);
// Longer tokens are refused unread: 100 memberships take about 6 KiB.
inline constexpr size_t kMaxPassportBytes = 8 * 1024;

// Signs passports. Identity has one; nobody else holds the keys.
class PassportIssuer {
 public:
  // `keys` outlives the issuer; its active key signs.
  PassportIssuer(const crypto::SigningKeyring& keys, std::string installation);

  // Signs `passport`, whose times are rounded down to seconds.
  std::string Issue(const Passport& passport) const;

 private:
  const crypto::SigningKeyring& keys_;
  const std::string installation_;
};

// Checks passports and remembers those that passed until they expire: a check costs 36 µs, a
// look-up one. Thread-safe.
class PassportVerifier {
 public:
  // At most `capacity` passports are remembered; the least recently used one makes room.
  PassportVerifier(const crypto::VerifyingKeyring& keys, std::string installation,
                   const time::Clock& clock, size_t capacity = 10'000);

  // The passport, or UNAUTHENTICATED/PASSPORT_INVALID: malformed, forged, signed by a key that is
  // no longer valid, of another installation, expired, issued in the future or for longer than
  // kPassportLifetime.
  absl::StatusOr<std::shared_ptr<const Passport>> Verify(absl::string_view token);

 private:
  struct Remembered {
    std::string token_hash;
    std::string key_id;
    std::shared_ptr<const Passport> passport;
  };

  std::shared_ptr<const Passport> Recall(const std::string& token_hash, absl::Time now);
  void Remember(Remembered entry);

  const crypto::VerifyingKeyring& keys_;
  const std::string installation_;
  const time::Clock& clock_;
  const size_t capacity_;

  std::mutex mutex_;
  std::list<Remembered> recent_;  // most recently used first
  absl::flat_hash_map<std::string, std::list<Remembered>::iterator> by_hash_;
};

// UNAUTHENTICATED/PASSPORT_INVALID: the one answer for every passport that does not pass.
absl::Status PassportInvalid();

}  // namespace portal::auth

#endif  // LIBS_AUTH_PASSPORT_TOKEN_H_
