#include "services/access_code/storage/code_digester.h"

#include <memory>

#include "libs/crypto/digest.h"

namespace portal::access_code {
namespace {

db::Bytes DigestUnder(const crypto::SymmetricKey& pepper, const CodeWords& words) {
  return db::Bytes{crypto::HmacSha256(pepper.bytes(), words.text())};
}

}  // namespace

CodeDigest CodeDigester::Digest(const CodeWords& words) const {
  const auto peppers = peppers_.Snapshot();
  return {.pepper_id = peppers->active_id(), .digest = DigestUnder(peppers->active(), words)};
}

std::vector<db::Bytes> CodeDigester::Candidates(const CodeWords& words) const {
  const auto peppers = peppers_.Snapshot();
  std::vector<db::Bytes> digests;
  for (const std::string& pepper_id : peppers->ids()) {
    digests.push_back(DigestUnder(*peppers->Find(pepper_id), words));
  }
  return digests;
}

}  // namespace portal::access_code
