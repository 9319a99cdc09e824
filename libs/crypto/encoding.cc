#include "libs/crypto/encoding.h"

#include "libs/crypto/secret.h"
#include "libs/crypto/sodium.h"

namespace portal::crypto {
namespace {

std::string Encode(absl::string_view bytes, int variant) {
  std::string text(sodium_base64_encoded_len(bytes.size(), variant), '\0');
  sodium_bin2base64(text.data(), text.size(), Bytes(bytes), bytes.size(), variant);
  text.pop_back();  // libsodium's NUL
  return text;
}

std::optional<std::string> Decode(absl::string_view text, int variant) {
  std::string bytes(text.size() / 4 * 3 + 3, '\0');
  size_t size = 0;
  const char* end = nullptr;
  if (sodium_base642bin(MutableBytes(bytes), bytes.size(), text.data(), text.size(), nullptr, &size,
                        &end, variant) != 0 ||
      end != text.data() + text.size()) {
    return std::nullopt;
  }
  bytes.resize(size);
  // One spelling: whatever leniency the decoder may have ends here.
  const Secret canonical(Encode(bytes, variant));
  if (canonical.view() != text) return std::nullopt;
  return bytes;
}

}  // namespace

std::string Base64UrlEncode(absl::string_view bytes) {
  return Encode(bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

std::optional<std::string> Base64UrlDecode(absl::string_view text) {
  return Decode(text, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

std::string Base64Encode(absl::string_view bytes) {
  return Encode(bytes, sodium_base64_VARIANT_ORIGINAL);
}

std::optional<std::string> Base64Decode(absl::string_view text) {
  return Decode(text, sodium_base64_VARIANT_ORIGINAL);
}

std::string HexEncode(absl::string_view bytes) {
  std::string text(bytes.size() * 2 + 1, '\0');
  sodium_bin2hex(text.data(), text.size(), Bytes(bytes), bytes.size());
  text.pop_back();  // libsodium's NUL
  return text;
}

std::optional<std::string> HexDecode(absl::string_view text) {
  std::string bytes(text.size() / 2, '\0');
  size_t size = 0;
  const char* end = nullptr;
  if (sodium_hex2bin(MutableBytes(bytes), bytes.size(), text.data(), text.size(), nullptr, &size,
                     &end) != 0 ||
      end != text.data() + text.size() || HexEncode(bytes) != text) {
    return std::nullopt;
  }
  return bytes;
}

}  // namespace portal::crypto
