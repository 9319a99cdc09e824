#ifndef LIBS_CRYPTO_RANDOM_H_
#define LIBS_CRYPTO_RANDOM_H_

#include <cstddef>
#include <cstdint>
#include <string>

// Randomness for secrets and ids: libsodium's generator, which asks the kernel. Thread-safe; never
// fails (without an entropy source the process aborts).
namespace portal::crypto {

void FillRandom(void* buffer, size_t size);

std::string RandomBytes(size_t size);

// 256 bits as base64url (43 characters): session tokens, links.
std::string RandomToken();

// Uniform in [0, bound), without modulo bias. `bound` is at least 1.
uint32_t UniformBelow(uint32_t bound);

}  // namespace portal::crypto

#endif  // LIBS_CRYPTO_RANDOM_H_
