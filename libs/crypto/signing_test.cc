#include "libs/crypto/signing.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/crypto/encoding.h"
#include "libs/testing/key_files.h"
#include "libs/testing/status_matchers.h"

namespace portal::crypto {
namespace {

using ::portal::testing::FailsWith;
using ::portal::testing::KeyFolder;
using ::portal::testing::KeyPairPem;
using ::portal::testing::KeyPairPemOfSeed;
using ::portal::testing::NewKeyPairPem;
using ::testing::ElementsAre;

constexpr auto kInternal = absl::StatusCode::kInternal;

std::string Hex(const VerifyingKey& key) {
  return HexEncode(
      absl::string_view(reinterpret_cast<const char*>(key.bytes().data()), key.bytes().size()));
}

// The PEM of any 32 bytes, also of such that no key generator makes (RFC 8410).
std::string PublicPem(const std::string& bytes) {
  return absl::StrCat("-----BEGIN PUBLIC KEY-----\n",
                      Base64Encode(*HexDecode("302a300506032b6570032100") + bytes),
                      "\n-----END PUBLIC KEY-----\n");
}

struct Vector {
  const char* seed;
  const char* public_key;
  const char* message;
  const char* signature;
};

// RFC 8032 section 7.1, tests 1 to 3.
constexpr Vector kVectors[] = {
    {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
     "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b"
     "4"
     "6bd25bf5f0595bbe24655141438e7a100b"},
    {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
     "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11"
     "d"
     "8c387b2eaeb4302aeeb00d291612bb0c00"},
    {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
     "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc"
     "6"
     "594a7c15e9716ed28dc027beceea1ec40a"},
};

TEST(SigningTest, Rfc8032Vectors) {
  for (const Vector& vector : kVectors) {
    const KeyPairPem pem = KeyPairPemOfSeed(*HexDecode(vector.seed));
    ASSERT_OK_AND_ASSIGN(const SigningKey signing, SigningKey::Parse(pem.private_key));
    ASSERT_OK_AND_ASSIGN(const VerifyingKey verifying, VerifyingKey::Parse(pem.public_key));
    EXPECT_EQ(Hex(signing.verifying_key()), vector.public_key);
    EXPECT_EQ(Hex(verifying), vector.public_key);
    const std::string message = *HexDecode(vector.message);
    EXPECT_EQ(HexEncode(signing.Sign(message)), vector.signature);
    EXPECT_TRUE(verifying.Verify(message, *HexDecode(vector.signature)));
  }
}

TEST(SigningTest, ReadsTheKeyFileOfRfc8410) {
  ASSERT_OK_AND_ASSIGN(
      const SigningKey signing,
      SigningKey::Parse("-----BEGIN PRIVATE KEY-----\n"
                        "MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n"
                        "-----END PRIVATE KEY-----\n"));
  EXPECT_EQ(Hex(signing.verifying_key()),
            "19bf44096984cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad703166e1");
}

TEST(SigningTest, AnyChangeIsNoticed) {
  const SigningKey key = *SigningKey::Parse(NewKeyPairPem().private_key);
  const std::string signature = key.Sign("message");
  EXPECT_TRUE(key.verifying_key().Verify("message", signature));
  EXPECT_FALSE(key.verifying_key().Verify("massage", signature));
  EXPECT_FALSE(key.verifying_key().Verify("message ", signature));
  for (size_t i = 0; i < signature.size(); ++i) {
    std::string changed = signature;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(key.verifying_key().Verify("message", changed)) << i;
  }
  EXPECT_FALSE(key.verifying_key().Verify("message", ""));
  EXPECT_FALSE(key.verifying_key().Verify("message", signature.substr(0, 63)));
  EXPECT_FALSE(key.verifying_key().Verify("message", signature + signature[63]));
  const SigningKey other = *SigningKey::Parse(NewKeyPairPem().private_key);
  EXPECT_FALSE(other.verifying_key().Verify("message", signature));
}

TEST(SigningTest, ASecondSpellingOfASignatureIsRefused) {
  const SigningKey key = *SigningKey::Parse(NewKeyPairPem().private_key);
  std::string signature = key.Sign("message");
  // S + L is the same scalar modulo the group order L, little-endian.
  const std::string order =
      *HexDecode("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
  int carry = 0;
  for (size_t i = 0; i < 32; ++i) {
    carry += static_cast<unsigned char>(signature[32 + i]) + static_cast<unsigned char>(order[i]);
    signature[32 + i] = static_cast<char>(carry & 0xFF);
    carry >>= 8;
  }
  EXPECT_FALSE(key.verifying_key().Verify("message", signature));
}

TEST(SigningTest, AKeyOfSmallOrderVerifiesNothing) {
  // The neutral element as key and as R, with S = 0, satisfies the bare equation for every message.
  const std::string neutral = std::string(1, '\x01') + std::string(31, '\0');
  ASSERT_OK_AND_ASSIGN(const VerifyingKey key, VerifyingKey::Parse(PublicPem(neutral)));
  EXPECT_FALSE(key.Verify("message", neutral + std::string(32, '\0')));
}

TEST(SigningTest, OtherPemsAreRefused) {
  const KeyPairPem pem = NewKeyPairPem();
  const std::string x25519 =
      "-----BEGIN PRIVATE KEY-----\n"
      "MC4CAQAwBQYDK2VuBCIEIMhludNSEY2dLljvc+fIY6k8Fm/Ax8Oxl98ZPOjUD+Jb\n"
      "-----END PRIVATE KEY-----\n";
  for (const std::string& text : {std::string(), std::string("words"), pem.public_key,
                                  pem.private_key.substr(0, 80), x25519}) {
    EXPECT_THAT(SigningKey::Parse(text), FailsWith(kInternal, "INTERNAL"));
  }
  for (const std::string& text :
       {std::string(), std::string("words"), pem.private_key, pem.public_key.substr(0, 60)}) {
    EXPECT_THAT(VerifyingKey::Parse(text), FailsWith(kInternal, "INTERNAL"));
  }
}

TEST(SigningTest, AnEncryptedKeyIsRefusedWithoutAskingForItsPassphrase) {
  // openssl genpkey -algorithm ed25519 -aes256 -pass pass:secret
  const std::string encrypted = R"(-----BEGIN ENCRYPTED PRIVATE KEY-----
MIGbMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAga4xTd0mpNpQICCAAw
DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEAVFQDltJvuhaTZLR0/NuWMEQMIk
//CozZT3yzj5Bi5MlEhfyBC+f9pzWbas41FJvkITxtmvLkCkIztehhoZ1/085orn
HdqCV6cH5zIRMHEc9D0=
-----END ENCRYPTED PRIVATE KEY-----
)";
  EXPECT_THAT(SigningKey::Parse(encrypted), FailsWith(kInternal, "INTERNAL"));
}

TEST(SigningKeyringTest, SignsWithTheLastKeyAndVerifiesWithAll) {
  KeyFolder signing_folder;
  KeyFolder verifying_folder;
  verifying_folder.Write("k1.pem", signing_folder.AddSigningKey("k1"));
  ASSERT_OK_AND_ASSIGN(const auto signing, SigningKeyring::Load(signing_folder.path()));
  const std::string old = signing->Snapshot()->active().Sign("message");

  verifying_folder.Write("k2.pem", signing_folder.AddSigningKey("k2"));
  ASSERT_OK(signing->Reload());
  ASSERT_OK_AND_ASSIGN(const auto verifying, VerifyingKeyring::Load(verifying_folder.path()));
  const auto keys = verifying->Snapshot();
  EXPECT_THAT(keys->ids(), ElementsAre("k1", "k2"));
  EXPECT_EQ(signing->Snapshot()->active_id(), "k2");
  const std::string fresh = signing->Snapshot()->active().Sign("message");
  EXPECT_TRUE(keys->Find("k1")->Verify("message", old));
  EXPECT_TRUE(keys->Find("k2")->Verify("message", fresh));
  EXPECT_FALSE(keys->Find("k2")->Verify("message", old));
}

TEST(SigningKeyringTest, APrivateKeyAmongPublicOnesIsRefused) {
  KeyFolder folder;
  folder.AddSigningKey("k1");
  EXPECT_THAT(VerifyingKeyring::Load(folder.path()), FailsWith(kInternal, "INTERNAL"));
}

}  // namespace
}  // namespace portal::crypto
