#ifndef LIBS_ID_UUID_H_
#define LIBS_ID_UUID_H_

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <ostream>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "libs/time/clock.h"

namespace portal::id {

// 128 bits, written "0190163d-8694-739b-aea5-966c26f8ad91". Orders by its bytes, as PostgreSQL's
// uuid does.
class Uuid {
 public:
  using Bytes = std::array<uint8_t, 16>;

  // The nil UUID, all zero.
  constexpr Uuid() = default;
  explicit constexpr Uuid(const Bytes& bytes) : bytes_(bytes) {}

  // Accepts what ToString() writes and nothing else: 36 characters, lower case, hyphens in place;
  // so an id has one spelling. Any version is taken.
  static std::optional<Uuid> Parse(absl::string_view text);

  std::string ToString() const;
  constexpr const Bytes& bytes() const { return bytes_; }

  friend constexpr auto operator<=>(const Uuid&, const Uuid&) = default;

  template <typename H>
  friend H AbslHashValue(H state, const Uuid& uuid) {
    return H::combine(std::move(state), uuid.bytes_);
  }

  friend std::ostream& operator<<(std::ostream& out, const Uuid& uuid) {
    return out << uuid.ToString();
  }

 private:
  Bytes bytes_{};
};

// A new UUID of version 7 (RFC 9562 section 5.7): 48 bits of Unix milliseconds, a 42-bit counter
// that starts at a random value each millisecond (section 6.2, method 1), 32 random bits. Each one
// is greater than all made before in this process, also when the clock stands still or is set back:
// then the time in it runs ahead of the clock. Not a secret: ids are guessable. Thread-safe.
Uuid NewUuidV7(const time::Clock& clock);

}  // namespace portal::id

#endif  // LIBS_ID_UUID_H_
