#include "libs/crypto/keyring.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <optional>
#include <system_error>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "libs/crypto/encoding.h"
#include "libs/status/errors.h"

namespace portal::crypto {
namespace {

namespace fs = std::filesystem;

// A PEM key has about 120 bytes; anything much larger is not a key.
constexpr size_t kMaxFileBytes = 4096;

absl::StatusOr<Secret> ReadFile(const fs::path& path) {
  std::string content(kMaxFileBytes + 1, '\0');
  std::ifstream in;
  in.rdbuf()->pubsetbuf(nullptr, 0);  // no copy of the key in a buffer that nobody wipes
  in.open(path, std::ios::binary);
  in.read(content.data(), content.size());
  const auto size = static_cast<size_t>(in.gcount());
  if (in.bad() || !in.eof() || size > kMaxFileBytes) {
    Wipe(content);
    return status::Internal(absl::StrCat(path.string(), ": cannot be read as a key file"));
  }
  content.resize(size);
  return Secret(std::move(content));
}

absl::Status AddKeyFile(const fs::path& file, absl::string_view suffix,
                        std::map<std::string, Secret>& files) {
  const std::string name = file.filename().string();
  absl::string_view id = name;
  if (!absl::ConsumeSuffix(&id, suffix) || !IsKeyId(id)) {
    return status::Internal(absl::StrCat(file.string(), ": the name is not <key-id>", suffix));
  }
  ASSIGN_OR_RETURN(files[std::string(id)], ReadFile(file));
  return absl::OkStatus();
}

}  // namespace

bool IsKeyId(absl::string_view id) {
  return !id.empty() && id.size() <= kMaxKeyIdBytes &&
         std::all_of(id.begin(), id.end(),
                     [](char c) { return absl::ascii_isalnum(c) || c == '-' || c == '_'; });
}

absl::StatusOr<SymmetricKey> SymmetricKey::Parse(absl::string_view file_content) {
  absl::ConsumeSuffix(&file_content, "\n");
  std::optional<std::string> bytes = Base64Decode(file_content);
  if (!bytes.has_value() || bytes->size() != kBytes) {
    if (bytes.has_value()) Wipe(*bytes);
    return status::Internal("not one line of base64 of 32 bytes");
  }
  return SymmetricKey(*std::move(bytes));
}

absl::StatusOr<std::map<std::string, Secret>> ReadKeyFiles(const std::string& path,
                                                           absl::string_view suffix) {
  std::map<std::string, Secret> files;
  std::error_code error;
  if (fs::is_regular_file(path, error)) {
    RETURN_IF_ERROR(AddKeyFile(path, suffix, files));
    return files;
  }
  for (fs::directory_iterator entry(path, error), end; !error && entry != end;
       entry.increment(error)) {
    const fs::path& file = entry->path();
    if (!absl::EndsWith(file.filename().string(), suffix)) continue;
    RETURN_IF_ERROR(AddKeyFile(file, suffix, files));
  }
  if (error) return status::Internal(absl::StrCat(path, ": ", error.message()));
  if (files.empty()) {
    return status::Internal(absl::StrCat(path, ": holds no key file <key-id>", suffix));
  }
  return files;
}

absl::Status KeyFileError(absl::string_view path, absl::string_view id, const absl::Status& why) {
  return status::Internal(absl::StrCat(path, ": key ", id, ": ", why.message()));
}

}  // namespace portal::crypto
