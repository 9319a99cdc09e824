#include "libs/auth/passport_token.h"

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "libs/crypto/encoding.h"
#include "libs/crypto/keyring.h"
#include "libs/testing/fake_clock.h"
#include "libs/testing/fuzz.h"
#include "libs/testing/key_files.h"

namespace portal::auth {
namespace {

constexpr char kFooter[] = R"({"kid":"k1"})";

struct Keys {
  Keys() {
    verifying.Write("k1.pem", signing.AddSigningKey("k1"));
    active = crypto::SigningKeyring::Load(signing.path()).value();
    known = crypto::VerifyingKeyring::Load(verifying.path()).value();
  }
  testing::KeyFolder signing, verifying;
  std::unique_ptr<crypto::SigningKeyring> active;
  std::unique_ptr<crypto::VerifyingKeyring> known;
};

// PASETO's encoding of what is signed, from its specification and not from our code.
std::string PreAuthentication(absl::string_view message) {
  const auto size = [](size_t number) {
    std::string bytes;
    for (int i = 0; i < 8; ++i) bytes += static_cast<char>(number >> (8 * i) & 0xff);
    return bytes;
  };
  std::string encoded = size(4);
  for (const absl::string_view piece : {absl::string_view("v4.public."), message,
                                        absl::string_view(kFooter), absl::string_view()}) {
    absl::StrAppend(&encoded, size(piece.size()), piece);
  }
  return encoded;
}

}  // namespace

// Nothing unsigned passes. What is signed passes only with claims that are whole, so that a mistake
// of the signer's is no right of the caller's; and then it says no more than 60 seconds.
FUZZ_TARGET(input) {
  static const Keys* const keys = new Keys();
  const testing::FakeClock clock(absl::FromUnixSeconds(1'800'000'000));
  PassportVerifier verifier(*keys->known, "clinic.example", clock, 1);
  FUZZ_EXPECT(!verifier.Verify(input).ok());

  const auto signing_keys = keys->active->Snapshot();
  const std::string signature = signing_keys->active().Sign(PreAuthentication(input));
  const std::string token =
      absl::StrCat("v4.public.", crypto::Base64UrlEncode(absl::StrCat(input, signature)), ".",
                   crypto::Base64UrlEncode(kFooter));
  const auto passport = verifier.Verify(token);
  if (!passport.ok()) return;
  FUZZ_EXPECT((*passport)->expires_at - (*passport)->issued_at <= kPassportLifetime);
  FUZZ_EXPECT((*passport)->expires_at > clock.Now() - kClockSkew);
  FUZZ_EXPECT(!(*passport)->service_account.has_value() || (*passport)->memberships.empty());
}

}  // namespace portal::auth
