#ifndef LIBS_CRYPTO_ENCODING_H_
#define LIBS_CRYPTO_ENCODING_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"

// Text forms of bytes. Decoders accept exactly what the encoders write and nothing else, so that
// equal bytes have one spelling: a signed or hashed text cannot be respelled.
namespace portal::crypto {

// RFC 4648 section 5, without padding.
std::string Base64UrlEncode(absl::string_view bytes);
// Refuses padding, foreign characters, impossible lengths and unused bits that are not zero.
std::optional<std::string> Base64UrlDecode(absl::string_view text);

// RFC 4648 section 4, with padding, on one line: what `openssl rand -base64 32` writes into key
// files.
std::string Base64Encode(absl::string_view bytes);
std::optional<std::string> Base64Decode(absl::string_view text);

// Lower-case hexadecimal.
std::string HexEncode(absl::string_view bytes);
std::optional<std::string> HexDecode(absl::string_view text);

}  // namespace portal::crypto

#endif  // LIBS_CRYPTO_ENCODING_H_
