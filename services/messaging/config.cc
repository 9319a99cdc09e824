#include "services/messaging/config.h"

#include <utility>

#include "absl/flags/flag.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "libs/status/status_macros.h"
#include "services/messaging/domain/limits.h"
#include "services/messaging/mail/mail_directory.h"
#include "services/messaging/mail/smtp.h"

ABSL_FLAG(std::string, portal_base_url, "",
          "Where links in mails lead, for example https://portal.example.org.");
ABSL_FLAG(std::string, mail_sender, "",
          "Address that mails come from; no-reply@ the host of --portal_base_url when left out.");
ABSL_FLAG(std::string, mail_sender_name, "Patient Portal", "Name that mails come from.");
ABSL_FLAG(std::string, mail_directory, "",
          "Development: folder that mails are written to, instead of being sent.");
ABSL_FLAG(std::string, smtp_url, "",
          "Mail server: smtp://host:port, with STARTTLS, or smtps://host:port. Without it, and "
          "without --mail_directory, notices wait.");
ABSL_FLAG(std::string, smtp_ca, "",
          "PEM certificates that the mail server's must lead to; the system's when left out.");
ABSL_FLAG(std::string, smtp_user_file, "", "File with the user's name; read again for each mail.");
ABSL_FLAG(std::string, smtp_password_file, "", "File with the password; read again for each mail.");
ABSL_FLAG(absl::Duration, keep_dead_letters, portal::messaging::kKeepDeadLetters,
          "How long notices that could not be sent are kept for the operator.");

namespace portal::messaging {
namespace {

// "https://portal.example.org:7443/x" → "portal.example.org".
absl::string_view HostOf(absl::string_view url) {
  absl::ConsumePrefix(&url, "https://");
  return url.substr(0, url.find_first_of(":/"));
}

absl::StatusOr<Sender> SenderFromFlags(const std::string& portal_base_url) {
  std::string address = absl::GetFlag(FLAGS_mail_sender);
  if (address.empty()) address = absl::StrCat("no-reply@", HostOf(portal_base_url));
  absl::StatusOr<Address> parsed = Address::Parse("mail_sender", address);
  if (!parsed.ok()) return absl::FailedPreconditionError("--mail_sender is not an e-mail address");
  return Sender{.name = absl::GetFlag(FLAGS_mail_sender_name), .address = *std::move(parsed)};
}

absl::StatusOr<std::unique_ptr<Transport>> TransportFromFlags(const Sender& sender) {
  const std::string url = absl::GetFlag(FLAGS_smtp_url);
  const std::string folder = absl::GetFlag(FLAGS_mail_directory);
  if (!url.empty() && !folder.empty()) {
    return absl::FailedPreconditionError("--smtp_url and --mail_directory exclude each other");
  }
  if (!folder.empty()) return MailDirectory::Open(folder);
  if (url.empty()) return nullptr;
  return Smtp::Open({.url = url,
                     .ca = absl::GetFlag(FLAGS_smtp_ca),
                     .user_file = absl::GetFlag(FLAGS_smtp_user_file),
                     .password_file = absl::GetFlag(FLAGS_smtp_password_file),
                     .ehlo_name = sender.domain()});
}

}  // namespace

absl::StatusOr<Config> ConfigFromFlags() {
  const std::string url(absl::StripSuffix(absl::GetFlag(FLAGS_portal_base_url), "/"));
  if (!absl::StartsWith(url, "https://")) {
    return absl::FailedPreconditionError("--portal_base_url must begin with https://");
  }
  ASSIGN_OR_RETURN(Sender sender, SenderFromFlags(url));
  ASSIGN_OR_RETURN(std::unique_ptr<Transport> transport, TransportFromFlags(sender));
  const absl::Duration keep_dead_letters = absl::GetFlag(FLAGS_keep_dead_letters);
  if (keep_dead_letters <= absl::ZeroDuration()) {
    return absl::FailedPreconditionError("--keep_dead_letters must be positive");
  }
  return Config{.portal_base_url = url,
                .sender = std::move(sender),
                .transport = std::move(transport),
                .keep_dead_letters = keep_dead_letters};
}

}  // namespace portal::messaging
