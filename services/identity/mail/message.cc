#include "services/identity/mail/message.h"

#include <cstdint>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"

namespace portal::identity {
namespace {

// RFC 9562, 5.7: the first 48 bits are milliseconds since 1970.
absl::Time TimeOf(const id::Uuid& uuid) {
  int64_t milliseconds = 0;
  for (int i = 0; i < 6; ++i) milliseconds = milliseconds << 8 | uuid.bytes()[i];
  return absl::FromUnixMillis(milliseconds);
}

struct Text {
  absl::string_view subject;
  std::vector<std::string> lines;
};

Text TextOf(const v1::VerifyEmailMail& mail) {
  return {"Confirm your e-mail address",
          {"Somebody, we hope you, asked for an account at the patient portal with this e-mail "
           "address.",
           "To confirm that it is yours, open this link within one hour and give the password that "
           "was chosen:",
           "", mail.link(), "",
           "If it was not you, there is nothing you need to do. Without the link and the password "
           "there will be no account."}};
}

Text TextOf(const v1::SignUpRepeatedMail& mail) {
  return {"You already have an account",
          {"Somebody, perhaps you, asked for an account at the patient portal with this e-mail "
           "address.",
           "You have one already, and nothing about it was changed. Sign in here:", "",
           mail.portal_url(), "", "If it was not you, there is nothing you need to do."}};
}

Text TextOf(const v1::StaffInvitationMail& mail) {
  return {"You are invited to a clinic's staff",
          {"You are invited to join the staff of", "", mail.clinic_display_name(), "",
           "at the patient portal. To accept, open this link within seven days:", "", mail.link(),
           "", "If you do not know this clinic, do not open the link."}};
}

}  // namespace

absl::StatusOr<std::string> RenderMessage(const v1::Mail& mail, const id::Uuid& event_id,
                                          absl::string_view sender_domain) {
  Text text;
  switch (mail.content_case()) {
    case v1::Mail::kVerifyEmail:
      text = TextOf(mail.verify_email());
      break;
    case v1::Mail::kSignUpRepeated:
      text = TextOf(mail.sign_up_repeated());
      break;
    case v1::Mail::kStaffInvitation:
      text = TextOf(mail.staff_invitation());
      break;
    case v1::Mail::CONTENT_NOT_SET:
      return absl::InvalidArgumentError("a mail without content");
  }
  const std::string date =
      absl::FormatTime("%a, %d %b %Y %H:%M:%S +0000", TimeOf(event_id), absl::UTCTimeZone());
  return absl::StrCat(
      "Date: ", date, "\r\nFrom: Patient Portal <no-reply@", sender_domain, ">\r\nTo: <",
      mail.recipient(), ">\r\nMessage-ID: <", event_id.ToString(), "@", sender_domain,
      ">\r\nSubject: ", text.subject,
      "\r\nAuto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n"
      "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n",
      absl::StrJoin(text.lines, "\r\n"), "\r\n");
}

}  // namespace portal::identity
