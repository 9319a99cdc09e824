#ifndef SERVICES_MESSAGING_MAIL_SMTP_H_
#define SERVICES_MESSAGING_MAIL_SMTP_H_

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/messaging/mail/transport.h"

namespace portal::messaging {

struct SmtpOptions {
  // smtp://host:port, where STARTTLS is a must, or smtps://host:port.
  std::string url;
  // PEM certificates that the server's must lead to; empty: the system's.
  std::string ca;
  // Files with the user's name and password, read again for each mail; both empty: no sign-in.
  std::string user_file;
  std::string password_file;
  // What we call ourselves to the server.
  std::string ehlo_name;
  absl::Duration connect_timeout = absl::Seconds(5);
  absl::Duration timeout = absl::Seconds(20);  // of the whole attempt
};

// Sends mails to one mail server by libcurl, over TLS only. Connections are kept and used again.
class Smtp final : public Transport {
 public:
  // FAILED_PRECONDITION, for the operator, says which flag is wrong.
  static absl::StatusOr<std::unique_ptr<Smtp>> Open(SmtpOptions options);
  ~Smtp() override;

  Outcome Send(const Address& from, const Address& to, const id::Uuid& event_id,
               const std::string& message) override;

 private:
  class Connection;

  explicit Smtp(SmtpOptions options);
  std::unique_ptr<Connection> Take();
  void GiveBack(std::unique_ptr<Connection> connection);

  const SmtpOptions options_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Connection>> idle_;  // guarded by mutex_
};

}  // namespace portal::messaging

#endif  // SERVICES_MESSAGING_MAIL_SMTP_H_
