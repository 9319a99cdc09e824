#include "libs/id/uuid.h"

#include <algorithm>
#include <mutex>

#include "absl/numeric/int128.h"
#include "absl/time/time.h"
#include "libs/crypto/random.h"

namespace portal::id {
namespace {

constexpr size_t kTextLength = 36;
constexpr char kHexDigits[] = "0123456789abcdef";

constexpr bool HyphenAt(size_t position) {
  return position == 8 || position == 13 || position == 18 || position == 23;
}

int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

constexpr int kCounterBits = 42;
constexpr uint64_t kMaxMillis = (uint64_t{1} << 48) - 1;

// Milliseconds and counter as one number, so that a counter that runs over moves the time on.
class Sequence {
 public:
  // Greater than every number returned before. `seed` has at most kCounterBits - 1 bits, which
  // leaves the counter room to grow.
  absl::uint128 Next(uint64_t millis, uint64_t seed) {
    const absl::uint128 fresh = (absl::uint128(millis) << kCounterBits) | seed;
    std::lock_guard lock(mutex_);
    const bool new_millisecond = millis > absl::Uint128Low64(last_ >> kCounterBits);
    last_ = new_millisecond ? fresh : last_ + 1;
    return last_;
  }

 private:
  std::mutex mutex_;
  absl::uint128 last_ = 0;  // guarded by mutex_
};

}  // namespace

std::optional<Uuid> Uuid::Parse(absl::string_view text) {
  if (text.size() != kTextLength) return std::nullopt;
  Bytes bytes;
  size_t next = 0;
  for (size_t i = 0; i < kTextLength;) {
    if (HyphenAt(i)) {
      if (text[i++] != '-') return std::nullopt;
      continue;
    }
    const int high = HexValue(text[i]);
    const int low = HexValue(text[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    bytes[next++] = static_cast<uint8_t>(high << 4 | low);
    i += 2;
  }
  return Uuid(bytes);
}

std::string Uuid::ToString() const {
  std::string text;
  text.reserve(kTextLength);
  for (const uint8_t byte : bytes_) {
    if (HyphenAt(text.size())) text.push_back('-');
    text.push_back(kHexDigits[byte >> 4]);
    text.push_back(kHexDigits[byte & 0xF]);
  }
  return text;
}

Uuid NewUuidV7(const time::Clock& clock) {
  static Sequence* const sequence = new Sequence;  // outlives every thread
  struct {
    uint64_t seed;
    uint32_t tail;
  } random;
  crypto::FillRandom(&random, sizeof(random));

  const int64_t now = std::max<int64_t>(absl::ToUnixMillis(clock.Now()), 0);
  const uint64_t millis = std::min(static_cast<uint64_t>(now), kMaxMillis);
  const absl::uint128 number = sequence->Next(millis, random.seed >> (64 - (kCounterBits - 1)));
  const uint64_t time = absl::Uint128Low64(number >> kCounterBits) & kMaxMillis;
  const uint64_t counter = absl::Uint128Low64(number) & ((uint64_t{1} << kCounterBits) - 1);

  // time:48 version:4 counter:12 | variant:2 counter:30 random:32
  const uint64_t high = time << 16 | uint64_t{7} << 12 | counter >> 30;
  const uint64_t low =
      uint64_t{2} << 62 | (counter & ((uint64_t{1} << 30) - 1)) << 32 | random.tail;
  Uuid::Bytes bytes;
  for (int i = 0; i < 8; ++i) {
    bytes[i] = static_cast<uint8_t>(high >> (56 - 8 * i));
    bytes[8 + i] = static_cast<uint8_t>(low >> (56 - 8 * i));
  }
  return Uuid(bytes);
}

}  // namespace portal::id
