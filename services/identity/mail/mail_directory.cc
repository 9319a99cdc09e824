#include "services/identity/mail/mail_directory.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/status/errors.h"
#include "libs/status/status_macros.h"
#include "portal/identity/v1/mail.pb.h"
#include "services/identity/mail/message.h"
#include "services/identity/rpc/mails.h"

namespace portal::identity {
namespace {

// "https://portal.example.org:7443/x" → "portal.example.org".
absl::string_view HostOf(absl::string_view url) {
  if (const size_t scheme = url.find("://"); scheme != absl::string_view::npos)
    url.remove_prefix(scheme + 3);
  return url.substr(0, url.find_first_of(":/"));
}

// All of `content`, on the disk.
absl::Status WriteFile(const std::string& path, absl::string_view content) {
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR);
  bool written = file >= 0;
  while (written && !content.empty()) {
    const ssize_t size = write(file, content.data(), content.size());
    written = size >= 0 || errno == EINTR;
    if (size > 0) content.remove_prefix(static_cast<size_t>(size));
  }
  written = written && fsync(file) == 0;
  if (file >= 0) close(file);
  if (!written) return status::Internal("a mail cannot be written to --mail_directory");
  return absl::OkStatus();
}

}  // namespace

MailDirectory::MailDirectory(std::string path, std::string sender_domain)
    : path_(std::move(path)), sender_domain_(std::move(sender_domain)) {}

absl::StatusOr<std::unique_ptr<MailDirectory>> MailDirectory::Open(
    std::string path, absl::string_view portal_base_url) {
  std::error_code error;
  if (!path.empty()) std::filesystem::create_directories(path, error);
  if (error || (!path.empty() && access(path.c_str(), W_OK | X_OK) != 0)) {
    return absl::FailedPreconditionError(
        absl::StrCat("--mail_directory cannot be written to: ", path));
  }
  return std::unique_ptr<MailDirectory>(
      new MailDirectory(std::move(path), std::string(HostOf(portal_base_url))));
}

std::map<std::string, outbox::Route> MailDirectory::Routes() {
  std::map<std::string, outbox::Route> routes;
  if (path_.empty()) return routes;
  for (const char* topic : {kVerifyEmailTopic, kSignUpRepeatedTopic, kStaffInvitationTopic}) {
    routes[topic] = [this](const outbox::Delivery& delivery) { return Deliver(delivery); };
  }
  return routes;
}

absl::Status MailDirectory::Deliver(const outbox::Delivery& delivery) const {
  v1::Mail mail;
  if (!mail.ParseFromString(delivery.payload)) return absl::InvalidArgumentError("not a mail");
  ASSIGN_OR_RETURN(const std::string message,
                   RenderMessage(mail, delivery.event_id, sender_domain_));
  const std::string target = absl::StrCat(path_, "/", delivery.event_id.ToString(), ".eml");
  // A name per attempt: two relays may deliver one event at the same time.
  const std::string temporary = absl::StrCat(target, ".", getpid(), "-", delivery.attempt, ".tmp");
  RETURN_IF_ERROR(WriteFile(temporary, message));
  if (rename(temporary.c_str(), target.c_str()) != 0) {
    return status::Internal("a mail cannot be renamed in --mail_directory");
  }
  return absl::OkStatus();
}

}  // namespace portal::identity
