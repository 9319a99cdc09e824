#include "services/identity/rpc/mails.h"

#include "absl/strings/str_cat.h"
#include "libs/notice/notice.h"
#include "portal/messaging/v1/notice.pb.h"

namespace portal::identity {
namespace {

messaging::v1::Notice NoticeTo(const Email& recipient, absl::string_view language = "") {
  messaging::v1::Notice notice;
  notice.mutable_recipient()->set_email(recipient.text());
  notice.mutable_recipient()->set_language(std::string(language));
  return notice;
}

}  // namespace

void Mails::SendVerification(db::Transaction& transaction, const Email& recipient,
                             absl::string_view language, absl::string_view token) const {
  messaging::v1::Notice notice = NoticeTo(recipient, language);
  notice.mutable_verify_email()->set_link(absl::StrCat(portal_base_url_, "/verify#token=", token));
  notice::Append(transaction, outbox_, notice);
}

void Mails::SendSignUpRepeated(db::Transaction& transaction, const Email& recipient,
                               absl::string_view language) const {
  messaging::v1::Notice notice = NoticeTo(recipient, language);
  notice.mutable_sign_up_repeated();
  notice::Append(transaction, outbox_, notice);
}

void Mails::SendStaffInvitation(db::Transaction& transaction, const Email& recipient,
                                const Clinic& clinic, absl::string_view token) const {
  messaging::v1::Notice notice = NoticeTo(recipient, clinic.language);
  notice.mutable_staff_invitation()->set_link(
      absl::StrCat(portal_base_url_, "/invitation#token=", token));
  notice.mutable_staff_invitation()->set_clinic_display_name(clinic.display_name);
  notice::Append(transaction, outbox_, notice);
}

}  // namespace portal::identity
