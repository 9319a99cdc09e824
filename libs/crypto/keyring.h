#ifndef LIBS_CRYPTO_KEYRING_H_
#define LIBS_CRYPTO_KEYRING_H_

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "libs/crypto/secret.h"
#include "libs/status/status_macros.h"

// Keys that live in files `<key-id><suffix>` of a folder and are rotated by adding files: the key
// whose id is lexicographically last is active (seals, signs), all others still open and verify
// what they once made. Ids are sortable timestamps such as k20261122T190000.
namespace portal::crypto {

inline constexpr size_t kMaxKeyIdBytes = 64;

// 1 to kMaxKeyIdBytes letters, digits, '-' and '_'.
bool IsKeyId(absl::string_view id);

// A 256-bit secret. Its file holds one line, the base64 of 32 bytes, as `openssl rand -base64 32`
// prints it.
class SymmetricKey {
 public:
  static constexpr char kFileSuffix[] = ".key";
  static constexpr size_t kBytes = 32;

  static absl::StatusOr<SymmetricKey> Parse(absl::string_view file_content);

  absl::string_view bytes() const { return bytes_.view(); }

 private:
  explicit SymmetricKey(std::string bytes) : bytes_(std::move(bytes)) {}
  Secret bytes_;
};

// The keys as they were when the files were read; never empty, never changes.
template <typename Key>
class Keys {
 public:
  explicit Keys(std::map<std::string, Key, std::less<>> keys) : keys_(std::move(keys)) {}

  const std::string& active_id() const { return keys_.rbegin()->first; }
  const Key& active() const { return keys_.rbegin()->second; }

  // Null if there is no such key (any more).
  const Key* Find(absl::string_view id) const {
    const auto found = keys_.find(id);
    return found == keys_.end() ? nullptr : &found->second;
  }

  // In order, the active one last.
  std::vector<std::string> ids() const {
    std::vector<std::string> ids;
    for (const auto& [id, key] : keys_) ids.push_back(id);
    return ids;
  }

 private:
  std::map<std::string, Key, std::less<>> keys_;
};

// Contents of the files that end in `suffix`, by key id. `path` is a folder, or one such file.
// INTERNAL if it cannot be read, holds no key, or a file's name is not a key id; other files are
// not looked at.
absl::StatusOr<std::map<std::string, Secret>> ReadKeyFiles(const std::string& path,
                                                           absl::string_view suffix);

// INTERNAL: the file of key `id` under `path` is unusable.
absl::Status KeyFileError(absl::string_view path, absl::string_view id, const absl::Status& why);

// Keys of one folder, which can be read again while others use them. `Key` is SymmetricKey,
// SigningKey or VerifyingKey. Thread-safe.
template <typename Key>
class KeyringOf {
 public:
  // INTERNAL, naming the file, if any key is unusable; a service does not start then.
  static absl::StatusOr<std::unique_ptr<KeyringOf>> Load(std::string path) {
    auto keyring = std::unique_ptr<KeyringOf>(new KeyringOf(std::move(path)));
    RETURN_IF_ERROR(keyring->Reload());
    return keyring;
  }

  // Takes up added and removed files. On any error all keys stay as they were.
  absl::Status Reload() {
    ASSIGN_OR_RETURN(const auto files, ReadKeyFiles(path_, Key::kFileSuffix));
    std::map<std::string, Key, std::less<>> keys;
    for (const auto& [id, content] : files) {
      absl::StatusOr<Key> key = Key::Parse(content.view());
      if (!key.ok()) return KeyFileError(path_, id, key.status());
      keys.emplace(id, *std::move(key));
    }
    auto snapshot = std::make_shared<const Keys<Key>>(std::move(keys));
    std::lock_guard lock(mutex_);
    keys_ = std::move(snapshot);
    return absl::OkStatus();
  }

  // One operation takes one snapshot, so that a reload in between cannot mix two states.
  std::shared_ptr<const Keys<Key>> Snapshot() const {
    std::lock_guard lock(mutex_);
    return keys_;
  }

 private:
  explicit KeyringOf(std::string path) : path_(std::move(path)) {}

  const std::string path_;
  mutable std::mutex mutex_;
  std::shared_ptr<const Keys<Key>> keys_;  // guarded by mutex_
};

using Keyring = KeyringOf<SymmetricKey>;

}  // namespace portal::crypto

#endif  // LIBS_CRYPTO_KEYRING_H_
