#ifndef LIBS_TESTING_KEY_FILES_H_
#define LIBS_TESTING_KEY_FILES_H_

#include <string>

#include "absl/strings/string_view.h"

// Real key files in a folder of their own, as the services' flags want them. Failures end the test
// process.
namespace portal::testing {

// An Ed25519 key pair as `openssl genpkey -algorithm ed25519` and `openssl pkey -pubout` write it.
struct KeyPairPem {
  std::string private_key;
  std::string public_key;
};

KeyPairPem NewKeyPairPem();

// The key pair of a 32-byte seed (RFC 8032), for known answers.
KeyPairPem KeyPairPemOfSeed(absl::string_view seed);

// A temporary folder of key files, removed with the object.
class KeyFolder {
 public:
  KeyFolder();
  ~KeyFolder();
  KeyFolder(const KeyFolder&) = delete;
  KeyFolder& operator=(const KeyFolder&) = delete;

  const std::string& path() const { return path_; }

  // `<id>.key` with 32 random bytes.
  void AddSymmetricKey(absl::string_view id);

  // `<id>.pem` with a new private key; returns its public key's PEM, for the folder of those who
  // verify.
  std::string AddSigningKey(absl::string_view id);

  void Write(absl::string_view file_name, absl::string_view content);
  void Remove(absl::string_view file_name);

 private:
  std::string path_;
};

}  // namespace portal::testing

#endif  // LIBS_TESTING_KEY_FILES_H_
