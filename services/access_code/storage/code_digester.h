#ifndef SERVICES_ACCESS_CODE_STORAGE_CODE_DIGESTER_H_
#define SERVICES_ACCESS_CODE_STORAGE_CODE_DIGESTER_H_

#include <string>
#include <vector>

#include "libs/crypto/keyring.h"
#include "libs/db/param.h"
#include "services/access_code/domain/code_words.h"

namespace portal::access_code {

// What is stored instead of a code's words.
struct CodeDigest {
  std::string pepper_id;
  db::Bytes digest;
};

// HMAC-SHA-256 of the words under peppers that are not in the database: whoever has the database
// alone cannot try words against it. An old pepper stays in the ring until the codes made with it
// have expired. Thread-safe.
class CodeDigester {
 public:
  // `peppers` outlives the digester and is used for nothing else.
  explicit CodeDigester(const crypto::Keyring& peppers) : peppers_(peppers) {}

  // Under the active pepper: for a new code.
  CodeDigest Digest(const CodeWords& words) const;

  // Under every pepper: one of them finds the code.
  std::vector<db::Bytes> Candidates(const CodeWords& words) const;

 private:
  const crypto::Keyring& peppers_;
};

}  // namespace portal::access_code

#endif  // SERVICES_ACCESS_CODE_STORAGE_CODE_DIGESTER_H_
