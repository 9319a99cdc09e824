#include "libs/crypto/keyring.h"

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <utility>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/crypto/encoding.h"
#include "libs/testing/key_files.h"
#include "libs/testing/status_matchers.h"

namespace portal::crypto {
namespace {

using ::portal::testing::FailsWith;
using ::portal::testing::KeyFolder;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr auto kInternal = absl::StatusCode::kInternal;

TEST(KeyIdTest, IsShortAndSafeInFileNamesAndTexts) {
  for (const std::string& id :
       {std::string("k20261122T190000"), std::string("A-b_9"), std::string(64, 'k')}) {
    EXPECT_TRUE(IsKeyId(id)) << id;
  }
  for (const std::string& id :
       {std::string(), std::string(65, 'k'), std::string("a.b"), std::string("a/b"),
        std::string("a b"), std::string("é"), std::string("a\0", 2)}) {
    EXPECT_FALSE(IsKeyId(id)) << id;
  }
}

TEST(SymmetricKeyTest, IsOneLineOfBase64Of32Bytes) {
  const std::string bytes(32, '\x5a');
  const std::string line = Base64Encode(bytes);
  for (const std::string& content : {line, line + "\n"}) {
    ASSERT_OK_AND_ASSIGN(const SymmetricKey key, SymmetricKey::Parse(content));
    EXPECT_EQ(key.bytes(), bytes);
  }
  for (const std::string& content :
       {std::string(), std::string("\n"), line + "\n\n", " " + line, line.substr(1), line + line,
        Base64Encode(std::string(31, 'x')), Base64Encode(std::string(33, 'x')), bytes}) {
    EXPECT_THAT(SymmetricKey::Parse(content), FailsWith(kInternal, "INTERNAL"));
  }
}

TEST(KeyringTest, TheLastIdIsActiveAndAllAreFound) {
  KeyFolder folder;
  folder.AddSymmetricKey("k20270101T000000");
  folder.AddSymmetricKey("k20251231T235959");
  folder.AddSymmetricKey("k20260630T120000");
  ASSERT_OK_AND_ASSIGN(const auto keyring, Keyring::Load(folder.path()));
  const auto keys = keyring->Snapshot();
  EXPECT_EQ(keys->active_id(), "k20270101T000000");
  EXPECT_THAT(keys->ids(), ElementsAre("k20251231T235959", "k20260630T120000", "k20270101T000000"));
  EXPECT_EQ(keys->Find("k20270101T000000"), &keys->active());
  EXPECT_NE(keys->Find("k20251231T235959")->bytes(), keys->active().bytes());
  EXPECT_EQ(keys->Find("k2026"), nullptr);
}

TEST(KeyringTest, OtherFilesAreNotLookedAt) {
  KeyFolder folder;
  folder.AddSymmetricKey("k1");
  folder.Write("README", "keys live here");
  folder.Write("k2.key.tmp", "half written");
  folder.Write("k2.pem", "another kind");
  ASSERT_OK_AND_ASSIGN(const auto keyring, Keyring::Load(folder.path()));
  EXPECT_THAT(keyring->Snapshot()->ids(), ElementsAre("k1"));
}

TEST(KeyringTest, FollowsTheLinksOfAMountedSecret) {
  KeyFolder data;
  data.AddSymmetricKey("k1");
  KeyFolder folder;
  std::filesystem::create_directory_symlink(data.path(), folder.path() + "/..data");
  std::filesystem::create_symlink("..data/k1.key", folder.path() + "/k1.key");
  ASSERT_OK_AND_ASSIGN(const auto keyring, Keyring::Load(folder.path()));
  EXPECT_THAT(keyring->Snapshot()->ids(), ElementsAre("k1"));
}

TEST(KeyringTest, ASingleFileIsAKeyringOfOne) {
  KeyFolder folder;
  folder.AddSymmetricKey("k1");
  folder.AddSymmetricKey("k2");
  ASSERT_OK_AND_ASSIGN(const auto keyring, Keyring::Load(folder.path() + "/k1.key"));
  EXPECT_THAT(keyring->Snapshot()->ids(), ElementsAre("k1"));
}

TEST(KeyringTest, NothingUsableIsAnErrorThatNamesTheFile) {
  KeyFolder folder;
  const auto load = [&folder] { return Keyring::Load(folder.path()); };
  EXPECT_THAT(load(), FailsWith(kInternal, "INTERNAL"));  // empty
  EXPECT_THAT(Keyring::Load(folder.path() + "/missing"), FailsWith(kInternal, "INTERNAL"));

  folder.AddSymmetricKey("k1");
  folder.Write("k2.key", "not a key\n");
  EXPECT_THAT(std::string(load().status().message()), HasSubstr("k2"));
  folder.Remove("k2.key");
  folder.Write("k2.key", std::string(5'000, 'A'));
  EXPECT_THAT(std::string(load().status().message()), HasSubstr("k2.key"));
  folder.Remove("k2.key");
  folder.Write(".key", Base64Encode(std::string(32, 'x')));
  EXPECT_THAT(load(), FailsWith(kInternal, "INTERNAL"));
  folder.Remove(".key");
  std::filesystem::create_directory(folder.path() + "/k3.key");
  EXPECT_THAT(std::string(load().status().message()), HasSubstr("k3.key"));
  std::filesystem::remove(folder.path() + "/k3.key");
  EXPECT_OK(load());
}

TEST(KeyringTest, AnUnusableKeysContentIsNotInTheError) {
  KeyFolder folder;
  folder.Write("k1.key", "c2VjcmV0\n");
  const auto keyring = Keyring::Load(folder.path());
  ASSERT_FALSE(keyring.ok());
  EXPECT_THAT(std::string(keyring.status().message()), ::testing::Not(HasSubstr("c2VjcmV0")));
}

TEST(KeyringTest, ReloadTakesUpAddedAndRemovedKeys) {
  KeyFolder folder;
  folder.AddSymmetricKey("k1");
  ASSERT_OK_AND_ASSIGN(const auto keyring, Keyring::Load(folder.path()));
  const auto before = keyring->Snapshot();
  folder.AddSymmetricKey("k2");
  folder.Remove("k1.key");
  EXPECT_EQ(keyring->Snapshot(), before);
  ASSERT_OK(keyring->Reload());
  EXPECT_THAT(keyring->Snapshot()->ids(), ElementsAre("k2"));
  EXPECT_THAT(before->ids(), ElementsAre("k1"));
}

TEST(KeyringTest, AFailedReloadChangesNothing) {
  KeyFolder folder;
  folder.AddSymmetricKey("k1");
  ASSERT_OK_AND_ASSIGN(const auto keyring, Keyring::Load(folder.path()));
  const auto before = keyring->Snapshot();
  folder.AddSymmetricKey("k2");
  folder.Write("k3.key", "half");
  EXPECT_THAT(keyring->Reload(), FailsWith(kInternal, "INTERNAL"));
  EXPECT_EQ(keyring->Snapshot(), before);
}

}  // namespace
}  // namespace portal::crypto
