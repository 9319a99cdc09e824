#include "services/messaging/mail/mail_directory.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace portal::messaging {
namespace {

// All of `content`, on the disk.
bool WriteFile(const std::string& path, absl::string_view content) {
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR);
  bool written = file >= 0;
  while (written && !content.empty()) {
    const ssize_t size = write(file, content.data(), content.size());
    written = size >= 0 || errno == EINTR;
    if (size > 0) content.remove_prefix(static_cast<size_t>(size));
  }
  written = written && fsync(file) == 0;
  if (file >= 0) close(file);
  return written;
}

}  // namespace

absl::StatusOr<std::unique_ptr<MailDirectory>> MailDirectory::Open(std::string path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error || access(path.c_str(), W_OK | X_OK) != 0) {
    return absl::FailedPreconditionError(
        absl::StrCat("--mail_directory cannot be written to: ", path));
  }
  return std::unique_ptr<MailDirectory>(new MailDirectory(std::move(path)));
}

Outcome MailDirectory::Send(const Address&, const Address&, const id::Uuid& event_id,
                            const std::string& message) {
  static std::atomic<uint64_t> attempts = 0;
  const std::string target = absl::StrCat(path_, "/", event_id.ToString(), ".eml");
  // A name per attempt: two relays may deliver one event at the same time.
  const std::string temporary = absl::StrCat(target, ".", getpid(), "-", ++attempts, ".tmp");
  if (!WriteFile(temporary, message) || rename(temporary.c_str(), target.c_str()) != 0) {
    return {.failure = Failure::kUnreachable};
  }
  return {};
}

}  // namespace portal::messaging
