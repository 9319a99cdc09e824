#include "libs/crypto/sealer.h"

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/crypto/encoding.h"
#include "libs/testing/key_files.h"
#include "libs/testing/status_matchers.h"

namespace portal::crypto {
namespace {

using ::portal::testing::FailsWith;
using ::portal::testing::KeyFolder;
using ::testing::StartsWith;

constexpr auto kInternal = absl::StatusCode::kInternal;

class SealerTest : public ::testing::Test {
 protected:
  SealerTest() {
    folder_.AddSymmetricKey("k1");
    keyring_ = *Keyring::Load(folder_.path());
    sealer_ = std::make_unique<Sealer>(*keyring_);
  }

  KeyFolder folder_;
  std::unique_ptr<Keyring> keyring_;
  std::unique_ptr<Sealer> sealer_;
};

TEST_F(SealerTest, WhatWasSealedOpens) {
  for (const std::string& text :
       {std::string(), std::string("words\0words", 11), std::string(100'000, 'x')}) {
    ASSERT_OK_AND_ASSIGN(const std::string opened,
                         sealer_->Open(sealer_->Seal(text, "row 7"), "row 7"));
    EXPECT_EQ(opened, text);
  }
}

TEST_F(SealerTest, BeginsWithVersionAndKeyIdAndHidesTheText) {
  const std::string sealed = sealer_->Seal("plain words", "");
  EXPECT_THAT(sealed, StartsWith("\x01\x02k1"));
  EXPECT_EQ(sealed.size(), 4 + 24 + 11 + 16u);
  EXPECT_EQ(sealed.find("plain"), std::string::npos);
}

TEST_F(SealerTest, OpensWhatEarlierReleasesSealed) {
  // Made from the format's description with another program: key 00..1f, nonce 64..7b.
  std::string key;
  for (char byte = 0; byte < 32; ++byte) key.push_back(byte);
  folder_.Write("k1.key", Base64Encode(key));
  ASSERT_OK(keyring_->Reload());
  const std::string sealed = *HexDecode(
      "01026b316465666768696a6b6c6d6e6f707172737475767778797a7b"
      "2a6102c6d9fb7165211a8f5d3bda70271122f6a4f3");
  ASSERT_OK_AND_ASSIGN(const std::string opened, sealer_->Open(sealed, "row 7"));
  EXPECT_EQ(opened, "words");
}

TEST_F(SealerTest, TheSameTextSealsDifferentlyEachTime) {
  EXPECT_NE(sealer_->Seal("words", ""), sealer_->Seal("words", ""));
}

TEST_F(SealerTest, AnyChangedBitIsNoticed) {
  const std::string sealed = sealer_->Seal("words", "row 7");
  for (size_t i = 0; i < sealed.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string changed = sealed;
      changed[i] = static_cast<char>(changed[i] ^ (1 << bit));
      EXPECT_THAT(sealer_->Open(changed, "row 7"), FailsWith(kInternal, "INTERNAL"))
          << i << "." << bit;
    }
  }
}

TEST_F(SealerTest, AnyOtherLengthIsNoticed) {
  const std::string sealed = sealer_->Seal("words", "row 7");
  for (size_t size = 0; size < sealed.size(); ++size) {
    EXPECT_FALSE(sealer_->Open(sealed.substr(0, size), "row 7").ok()) << size;
  }
  EXPECT_FALSE(sealer_->Open(sealed + std::string(1, '\0'), "row 7").ok());
  EXPECT_FALSE(sealer_->Open(std::string(10'000, '\x01'), "row 7").ok());
}

TEST_F(SealerTest, AnotherPlaceIsNoticed) {
  const std::string sealed = sealer_->Seal("words", "row 7");
  for (const char* other : {"", "row", "row 8", "row 77"}) {
    EXPECT_THAT(sealer_->Open(sealed, other), FailsWith(kInternal, "INTERNAL")) << other;
  }
}

TEST_F(SealerTest, OldKeysOpenUntilTheyAreRemoved) {
  const std::string old = sealer_->Seal("words", "");
  folder_.AddSymmetricKey("k2");
  ASSERT_OK(keyring_->Reload());
  EXPECT_EQ(*sealer_->Open(old, ""), "words");
  EXPECT_THAT(sealer_->Seal("words", ""), StartsWith("\x01\x02k2"));
  folder_.Remove("k1.key");
  ASSERT_OK(keyring_->Reload());
  EXPECT_THAT(sealer_->Open(old, ""), FailsWith(kInternal, "INTERNAL"));
}

TEST_F(SealerTest, AnotherKeyOfTheSameNameDoesNotOpen) {
  const std::string sealed = sealer_->Seal("words", "");
  folder_.AddSymmetricKey("k1");
  ASSERT_OK(keyring_->Reload());
  EXPECT_THAT(sealer_->Open(sealed, ""), FailsWith(kInternal, "INTERNAL"));
}

TEST_F(SealerTest, KeysMayBeReloadedWhileOthersSeal) {
  std::atomic<bool> done = false;
  std::atomic<int> failures = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&] {
      while (!done) {
        const auto opened = sealer_->Open(sealer_->Seal("words", "ad"), "ad");
        if (!opened.ok() || *opened != "words") ++failures;
      }
    });
  }
  for (int i = 2; i < 40; ++i) {
    folder_.AddSymmetricKey("k" + std::to_string(i));
    EXPECT_OK(keyring_->Reload());
  }
  done = true;
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(failures, 0);
}

}  // namespace
}  // namespace portal::crypto
