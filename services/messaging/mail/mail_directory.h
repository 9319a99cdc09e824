#ifndef SERVICES_MESSAGING_MAIL_MAIL_DIRECTORY_H_
#define SERVICES_MESSAGING_MAIL_MAIL_DIRECTORY_H_

#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "services/messaging/mail/transport.h"

namespace portal::messaging {

// For development: each mail becomes a file <event id>.eml, complete or not there at all, that only
// its owner may read.
class MailDirectory final : public Transport {
 public:
  // Makes the folder. FAILED_PRECONDITION, for the operator, if it cannot be written to.
  static absl::StatusOr<std::unique_ptr<MailDirectory>> Open(std::string path);

  Outcome Send(const Address& from, const Address& to, const id::Uuid& event_id,
               const std::string& message) override;

 private:
  explicit MailDirectory(std::string path) : path_(std::move(path)) {}

  const std::string path_;
};

}  // namespace portal::messaging

#endif  // SERVICES_MESSAGING_MAIL_MAIL_DIRECTORY_H_
