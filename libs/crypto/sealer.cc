#include "libs/crypto/sealer.h"

#include "absl/strings/str_cat.h"
#include "libs/crypto/digest.h"
#include "libs/crypto/secret.h"
#include "libs/crypto/sodium.h"
#include "libs/status/errors.h"

namespace portal::crypto {
namespace {

constexpr char kVersion = 0x01;
constexpr absl::string_view kKeyLabel = "portal sealer v1";
constexpr size_t kNonceBytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr size_t kTagBytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;
static_assert(crypto_aead_xchacha20poly1305_ietf_KEYBYTES == kDigestBytes);
static_assert(kMaxKeyIdBytes <= 0xFF);

Secret AeadKey(const SymmetricKey& key) { return Secret(HmacSha256(key.bytes(), kKeyLabel)); }

// The header delimits itself, so header and associated data cannot be shifted against each other.
std::string Authenticated(absl::string_view header, absl::string_view associated_data) {
  return absl::StrCat(header, associated_data);
}

}  // namespace

std::string Sealer::Seal(absl::string_view plaintext, absl::string_view associated_data) const {
  EnsureSodium();
  const auto keys = keyring_.Snapshot();
  std::string sealed(1, kVersion);
  sealed.push_back(static_cast<char>(keys->active_id().size()));
  sealed += keys->active_id();
  const std::string authenticated = Authenticated(sealed, associated_data);

  const size_t nonce_at = sealed.size();
  sealed.resize(nonce_at + kNonceBytes + plaintext.size() + kTagBytes);
  unsigned char* const nonce = MutableBytes(sealed) + nonce_at;
  randombytes_buf(nonce, kNonceBytes);
  const Secret key = AeadKey(keys->active());
  crypto_aead_xchacha20poly1305_ietf_encrypt(
      nonce + kNonceBytes, nullptr, Bytes(plaintext), plaintext.size(), Bytes(authenticated),
      authenticated.size(), nullptr, nonce, Bytes(key.view()));
  return sealed;
}

absl::StatusOr<std::string> Sealer::Open(absl::string_view sealed,
                                         absl::string_view associated_data) const {
  EnsureSodium();
  if (sealed.size() < 2 || sealed[0] != kVersion) {
    return status::Internal("a sealed text has an unknown format");
  }
  const size_t id_size = static_cast<unsigned char>(sealed[1]);
  const absl::string_view header = sealed.substr(0, 2 + id_size);
  if (sealed.size() < 2 + id_size + kNonceBytes + kTagBytes) {
    return status::Internal("a sealed text is too short");
  }
  const auto keys = keyring_.Snapshot();
  const SymmetricKey* const sealing_key = keys->Find(header.substr(2));
  if (sealing_key == nullptr) return status::Internal("a text is sealed under an unknown key");

  const absl::string_view nonce = sealed.substr(header.size(), kNonceBytes);
  const absl::string_view ciphertext = sealed.substr(header.size() + kNonceBytes);
  const std::string authenticated = Authenticated(header, associated_data);
  const Secret key = AeadKey(*sealing_key);
  std::string plaintext(ciphertext.size() - kTagBytes, '\0');
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(
          MutableBytes(plaintext), nullptr, nullptr, Bytes(ciphertext), ciphertext.size(),
          Bytes(authenticated), authenticated.size(), Bytes(nonce), Bytes(key.view())) != 0) {
    return status::Internal("a sealed text was changed or moved");
  }
  return plaintext;
}

}  // namespace portal::crypto
