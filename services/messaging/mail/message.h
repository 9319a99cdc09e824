#ifndef SERVICES_MESSAGING_MAIL_MESSAGE_H_
#define SERVICES_MESSAGING_MAIL_MESSAGE_H_

#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "libs/id/uuid.h"
#include "services/messaging/domain/address.h"
#include "services/messaging/mail/letter.h"

namespace portal::messaging {

// Whom mails come from.
struct Sender {
  std::string name;
  Address address;

  // Of the address; Message-IDs end with it.
  std::string domain() const;
};

// The letter as RFC 5322 and MIME have it: multipart/alternative in UTF-8, lines of ASCII that end
// with CRLF. The same for the same arguments, so that a mail that is sent twice is one mail to
// whoever looks at its Message-ID, which is the event's id at the sender's domain.
std::string WriteMessage(const Letter& letter, const Sender& sender, const Address& to,
                         const id::Uuid& event_id, absl::Time date);

}  // namespace portal::messaging

#endif  // SERVICES_MESSAGING_MAIL_MESSAGE_H_
