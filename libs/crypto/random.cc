#include "libs/crypto/random.h"

#include "libs/crypto/encoding.h"
#include "libs/crypto/sodium.h"

namespace portal::crypto {
namespace {

constexpr size_t kTokenBytes = 32;

}  // namespace

void FillRandom(void* buffer, size_t size) {
  EnsureSodium();
  randombytes_buf(buffer, size);
}

std::string RandomBytes(size_t size) {
  std::string bytes(size, '\0');
  FillRandom(bytes.data(), bytes.size());
  return bytes;
}

std::string RandomToken() { return Base64UrlEncode(RandomBytes(kTokenBytes)); }

uint32_t UniformBelow(uint32_t bound) {
  EnsureSodium();
  return randombytes_uniform(bound);
}

}  // namespace portal::crypto
