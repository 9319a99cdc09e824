#include "libs/crypto/secret.h"

#include "libs/crypto/sodium.h"

namespace portal::crypto {

void Wipe(std::string& text) {
  text.resize(text.capacity());  // what an earlier, longer value left behind goes too
  sodium_memzero(text.data(), text.size());
  text.clear();
}

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this == &other) return *this;
  Wipe(bytes_);
  bytes_ = std::move(other.bytes_);
  Wipe(other.bytes_);  // the bytes of a short string stay behind in a move
  return *this;
}

}  // namespace portal::crypto
