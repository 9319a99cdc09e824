#ifndef LIBS_CRYPTO_SECRET_H_
#define LIBS_CRYPTO_SECRET_H_

#include <string>
#include <utility>

#include "absl/strings/string_view.h"

namespace portal::crypto {

// Overwrites the text's memory with zeros, which the compiler may not leave out, and empties it.
void Wipe(std::string& text);

// Bytes that are overwritten when they are no longer needed. Moved, never copied.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string bytes) : bytes_(std::move(bytes)) {}
  Secret(Secret&& other) noexcept { *this = std::move(other); }
  Secret& operator=(Secret&& other) noexcept;
  ~Secret() { Wipe(bytes_); }

  absl::string_view view() const { return bytes_; }

 private:
  std::string bytes_;
};

}  // namespace portal::crypto

#endif  // LIBS_CRYPTO_SECRET_H_
