#include "libs/crypto/signing.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <memory>

#include "libs/crypto/sodium.h"
#include "libs/status/errors.h"

namespace portal::crypto {
namespace {

static_assert(kSignatureBytes == crypto_sign_BYTES);
static_assert(kPublicKeyBytes == crypto_sign_PUBLICKEYBYTES);

using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;
using Pkey = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

// Encrypted keys are refused; without this OpenSSL would ask for the passphrase on the terminal.
int NoPassphrase(char*, int, int, void*) { return -1; }

// Null unless `pem` holds an Ed25519 key of the kind that `read` reads.
Pkey ReadEd25519(absl::string_view pem, decltype(&PEM_read_bio_PrivateKey) read) {
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free);
  Pkey key(read(bio.get(), nullptr, NoPassphrase, nullptr), EVP_PKEY_free);
  ERR_clear_error();
  if (key != nullptr && EVP_PKEY_get_id(key.get()) != EVP_PKEY_ED25519) key.reset();
  return key;
}

}  // namespace

absl::StatusOr<VerifyingKey> VerifyingKey::Parse(absl::string_view pem) {
  const Pkey pkey = ReadEd25519(pem, PEM_read_bio_PUBKEY);
  VerifyingKey key;
  size_t size = key.bytes_.size();
  if (pkey == nullptr || EVP_PKEY_get_raw_public_key(pkey.get(), key.bytes_.data(), &size) != 1 ||
      size != key.bytes_.size()) {
    return status::Internal("not a PEM public key of Ed25519");
  }
  return key;
}

bool VerifyingKey::Verify(absl::string_view message, absl::string_view signature) const {
  EnsureSodium();
  return signature.size() == kSignatureBytes &&
         crypto_sign_verify_detached(Bytes(signature), Bytes(message), message.size(),
                                     bytes_.data()) == 0;
}

absl::StatusOr<SigningKey> SigningKey::Parse(absl::string_view pem) {
  EnsureSodium();
  const Pkey pkey = ReadEd25519(pem, PEM_read_bio_PrivateKey);
  std::string seed(crypto_sign_SEEDBYTES, '\0');
  size_t size = seed.size();
  if (pkey == nullptr || EVP_PKEY_get_raw_private_key(pkey.get(), MutableBytes(seed), &size) != 1 ||
      size != seed.size()) {
    return status::Internal("not an unencrypted PEM private key of Ed25519");
  }
  SigningKey key;
  std::string secret(crypto_sign_SECRETKEYBYTES, '\0');
  crypto_sign_seed_keypair(key.verifying_key_.bytes_.data(), MutableBytes(secret), Bytes(seed));
  key.secret_ = Secret(std::move(secret));
  Wipe(seed);
  return key;
}

std::string SigningKey::Sign(absl::string_view message) const {
  std::string signature(kSignatureBytes, '\0');
  crypto_sign_detached(MutableBytes(signature), nullptr, Bytes(message), message.size(),
                       Bytes(secret_.view()));
  return signature;
}

}  // namespace portal::crypto
