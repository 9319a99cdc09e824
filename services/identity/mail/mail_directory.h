#ifndef SERVICES_IDENTITY_MAIL_MAIL_DIRECTORY_H_
#define SERVICES_IDENTITY_MAIL_MAIL_DIRECTORY_H_

#include <map>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "libs/outbox/relay.h"

namespace portal::identity {

// Development's way to deliver mails: each becomes a file `<event id>.eml`, readable by its owner
// only, which appears complete or not at all. A mail that is delivered again replaces its file by
// an equal one. Thread-safe.
class MailDirectory {
 public:
  // Makes the folder if need be; with an empty `path` nothing is delivered and the mails wait in
  // the outbox. `portal_base_url`: the sender's address is at its host. FAILED_PRECONDITION, for
  // the operator, if the folder cannot be written to.
  static absl::StatusOr<std::unique_ptr<MailDirectory>> Open(std::string path,
                                                             absl::string_view portal_base_url);

  // Routes for all of identity's mail topics, or none without a path. The directory outlives them.
  std::map<std::string, outbox::Route> Routes();

 private:
  MailDirectory(std::string path, std::string sender_domain);

  absl::Status Deliver(const outbox::Delivery& delivery) const;

  const std::string path_;
  const std::string sender_domain_;
};

}  // namespace portal::identity

#endif  // SERVICES_IDENTITY_MAIL_MAIL_DIRECTORY_H_
