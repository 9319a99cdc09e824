#include "libs/testing/key_files.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdlib.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>

#include "absl/strings/str_cat.h"
#include "libs/crypto/encoding.h"
#include "libs/crypto/random.h"

namespace portal::testing {
namespace {

void Require(bool fact, absl::string_view what) {
  if (fact) return;
  std::fprintf(stderr, "key files: %s failed\n", std::string(what).c_str());
  std::abort();
}

template <typename Write>
std::string ToPem(Write write) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> bio(BIO_new(BIO_s_mem()), BIO_free);
  Require(write(bio.get()) == 1, "writing a PEM");
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return std::string(data, static_cast<size_t>(size));
}

}  // namespace

KeyPairPem NewKeyPairPem() { return KeyPairPemOfSeed(crypto::RandomBytes(32)); }

KeyPairPem KeyPairPemOfSeed(absl::string_view seed) {
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
      EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr,
                                   reinterpret_cast<const unsigned char*>(seed.data()),
                                   seed.size()),
      EVP_PKEY_free);
  Require(key != nullptr, "making a key");
  return {
      .private_key = ToPem([&key](BIO* bio) {
        return PEM_write_bio_PKCS8PrivateKey(bio, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
      }),
      .public_key = ToPem([&key](BIO* bio) { return PEM_write_bio_PUBKEY(bio, key.get()); }),
  };
}

KeyFolder::KeyFolder() {
  std::string name = (std::filesystem::temp_directory_path() / "portal-keys-XXXXXX").string();
  Require(mkdtemp(name.data()) != nullptr, "making a folder");
  path_ = name;
}

KeyFolder::~KeyFolder() { std::filesystem::remove_all(path_); }

void KeyFolder::AddSymmetricKey(absl::string_view id) {
  Write(absl::StrCat(id, ".key"),
        absl::StrCat(crypto::Base64Encode(crypto::RandomBytes(32)), "\n"));
}

std::string KeyFolder::AddSigningKey(absl::string_view id) {
  const KeyPairPem pair = NewKeyPairPem();
  Write(absl::StrCat(id, ".pem"), pair.private_key);
  return pair.public_key;
}

void KeyFolder::Write(absl::string_view file_name, absl::string_view content) {
  std::ofstream out(absl::StrCat(path_, "/", file_name), std::ios::binary | std::ios::trunc);
  out << content;
  out.close();
  Require(out.good(), "writing a file");
}

void KeyFolder::Remove(absl::string_view file_name) {
  Require(std::filesystem::remove(absl::StrCat(path_, "/", file_name)), "removing a file");
}

}  // namespace portal::testing
