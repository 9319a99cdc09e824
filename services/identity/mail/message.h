#ifndef SERVICES_IDENTITY_MAIL_MESSAGE_H_
#define SERVICES_IDENTITY_MAIL_MESSAGE_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "libs/id/uuid.h"
#include "portal/identity/v1/mail.pb.h"

namespace portal::identity {

// A mail as RFC 5322 text: UTF-8 plain text, lines ended by CRLF, none folded, so that a link stays
// in one piece. The same event gives the same bytes: Message-ID and Date come from its id (a
// UUIDv7). `sender_domain` is that of the sender's address. INVALID_ARGUMENT for a mail without
// content.
absl::StatusOr<std::string> RenderMessage(const v1::Mail& mail, const id::Uuid& event_id,
                                          absl::string_view sender_domain);

}  // namespace portal::identity

#endif  // SERVICES_IDENTITY_MAIL_MESSAGE_H_
