#include "libs/audit/checkpoint_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "libs/status/status_macros.h"

namespace portal::audit {
namespace {

absl::Status Failed(absl::string_view what, const std::string& path) {
  return absl::InternalError(absl::StrCat(what, " ", path, ": ", std::strerror(errno)));
}

absl::Status WriteAll(int fd, absl::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return Failed("cannot write", "the checkpoint file");
    text.remove_prefix(written);
  }
  return absl::OkStatus();
}

// A new file's name is durable only with its directory.
absl::Status SyncDirectory(const std::string& path) {
  const std::string parent = std::filesystem::absolute(path).parent_path().string();
  const int fd = open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return Failed("cannot open", parent);
  const auto close_fd = absl::MakeCleanup([fd] { close(fd); });
  return fsync(fd) == 0 ? absl::OkStatus() : Failed("cannot sync", parent);
}

struct End {
  size_t complete_bytes = 0;  // up to the last line's end
  std::string last_line;
  std::string unfinished;  // what follows it
};

// Looks at the file's end only: in years of use it grows to gigabytes.
absl::StatusOr<End> FindEnd(const std::string& path) {
  constexpr int64_t kTailBytes = 64 * 1024;  // a line has some 500
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) return Failed("cannot read", path);
  const int64_t size = file.tellg();
  const int64_t start = std::max<int64_t>(0, size - kTailBytes);
  std::string tail(size - start, '\0');
  file.seekg(start);
  if (!file.read(tail.data(), tail.size())) return Failed("cannot read", path);

  const size_t line_end = tail.rfind('\n');
  if (line_end == std::string::npos) {
    if (start == 0) return End{.unfinished = std::move(tail)};
    return absl::InternalError(absl::StrCat(path, " does not consist of checkpoints"));
  }
  const size_t before = line_end == 0 ? std::string::npos : tail.rfind('\n', line_end - 1);
  const size_t line_start = before == std::string::npos ? 0 : before + 1;
  return End{start + line_end + 1, tail.substr(line_start, line_end - line_start),
             tail.substr(line_end + 1)};
}

// Whether a crash of ours can have left this: it begins as every line does.
bool IsPartOfLine(absl::string_view text) {
  constexpr absl::string_view kStart = "{\"batch_no\":";
  return absl::StartsWith(text, kStart) || absl::StartsWith(kStart, text);
}

}  // namespace

absl::StatusOr<std::unique_ptr<CheckpointFile>> CheckpointFile::Open(const std::string& path) {
  const int fd = open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640);
  if (fd < 0) return Failed("cannot open", path);
  auto close_fd = absl::MakeCleanup([fd] { close(fd); });
  if (flock(fd, LOCK_EX | LOCK_NB) != 0) return Failed("another process has", path);
  RETURN_IF_ERROR(SyncDirectory(path));

  ASSIGN_OR_RETURN(const End end, FindEnd(path));
  std::optional<Checkpoint> last;
  if (end.complete_bytes > 0) {
    absl::StatusOr<Checkpoint> parsed = ParseCheckpoint(end.last_line);
    if (!parsed.ok()) {
      return absl::InternalError(absl::StrCat("the last line of ", path, " is no checkpoint"));
    }
    last = *std::move(parsed);
  }
  if (!IsPartOfLine(end.unfinished)) {
    return absl::InternalError(absl::StrCat("the end of ", path, " is no checkpoint"));
  }
  if (ftruncate(fd, end.complete_bytes) != 0) return Failed("cannot repair", path);
  std::move(close_fd).Cancel();
  return std::unique_ptr<CheckpointFile>(
      new CheckpointFile(fd, end.complete_bytes, std::move(last)));
}

CheckpointFile::~CheckpointFile() { close(fd_); }

absl::Status CheckpointFile::Append(const Checkpoint& checkpoint) {
  const std::string line = absl::StrCat(ToJson(checkpoint), "\n");
  absl::Status status = WriteAll(fd_, line);
  if (status.ok() && fdatasync(fd_) != 0) status = Failed("cannot sync", "the checkpoint file");
  if (!status.ok()) {
    // Half a line would swallow the next one.
    if (ftruncate(fd_, size_) != 0) status = Failed("cannot repair", "the checkpoint file");
    return status;
  }
  size_ += line.size();
  last_ = checkpoint;
  return absl::OkStatus();
}

absl::StatusOr<std::vector<CheckpointLine>> ReadCheckpoints(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return Failed("cannot read", path);
  std::vector<CheckpointLine> lines;
  for (std::string line; std::getline(file, line) && !file.eof();) {
    lines.push_back({static_cast<int>(lines.size()) + 1, ParseCheckpoint(line)});
  }
  return lines;
}

}  // namespace portal::audit
