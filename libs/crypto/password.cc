#include "libs/crypto/password.h"

#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/match.h"
#include "libs/crypto/random.h"
#include "libs/crypto/sodium.h"
#include "libs/status/errors.h"
#include "libs/status/status_macros.h"

namespace portal::crypto {
namespace {

constexpr absl::string_view kPrefix = crypto_pwhash_argon2id_STRPREFIX;

// libsodium reads hashes up to their NUL and of limited length.
bool MayBeHash(const std::string& hash) {
  return absl::StartsWith(hash, kPrefix) && hash.size() < crypto_pwhash_argon2id_STRBYTES &&
         hash.find('\0') == std::string::npos;
}

}  // namespace

absl::StatusOr<std::unique_ptr<PasswordHasher>> PasswordHasher::Create(const PasswordCost& cost) {
  auto hasher = std::unique_ptr<PasswordHasher>(new PasswordHasher(cost));
  ASSIGN_OR_RETURN(hasher->unknown_, hasher->Hash(RandomToken()));
  return hasher;
}

absl::StatusOr<std::string> PasswordHasher::Hash(absl::string_view password) const {
  EnsureSodium();
  char hash[crypto_pwhash_argon2id_STRBYTES];
  if (crypto_pwhash_argon2id_str(hash, password.data(), password.size(), cost_.passes,
                                 cost_.memory_bytes) != 0) {
    return status::Internal("a password cannot be hashed: too little memory or impossible cost");
  }
  return std::string(hash);
}

absl::StatusOr<bool> PasswordHasher::Verify(absl::string_view hash,
                                            absl::string_view password) const {
  EnsureSodium();
  const std::string terminated(hash);
  if (!MayBeHash(terminated)) return status::Internal("a stored password hash is malformed");
  errno = 0;
  if (crypto_pwhash_argon2id_str_verify(terminated.c_str(), password.data(), password.size()) ==
      0) {
    return true;
  }
  // libsodium sets EINVAL for a mismatch and only then.
  if (errno == EINVAL) return false;
  return status::Internal("a password cannot be verified: malformed hash or too little memory");
}

absl::StatusOr<bool> PasswordHasher::VerifyUnknown(absl::string_view password) const {
  ASSIGN_OR_RETURN(const bool matched, Verify(unknown_, password));
  static_cast<void>(matched);  // nobody knows that password
  return false;
}

bool PasswordHasher::NeedsRehash(absl::string_view hash) const {
  const std::string terminated(hash);
  return !MayBeHash(terminated) || crypto_pwhash_argon2id_str_needs_rehash(
                                       terminated.c_str(), cost_.passes, cost_.memory_bytes) != 0;
}

}  // namespace portal::crypto
