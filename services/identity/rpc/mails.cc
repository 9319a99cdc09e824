#include "services/identity/rpc/mails.h"

#include "absl/strings/str_cat.h"

namespace portal::identity {

void Mails::SendVerification(db::Transaction& transaction, const Email& recipient,
                             absl::string_view token) const {
  v1::Mail mail;
  mail.mutable_verify_email()->set_link(absl::StrCat(portal_base_url_, "/verify#token=", token));
  Send(transaction, kVerifyEmailTopic, recipient, std::move(mail));
}

void Mails::SendSignUpRepeated(db::Transaction& transaction, const Email& recipient) const {
  v1::Mail mail;
  mail.mutable_sign_up_repeated()->set_portal_url(portal_base_url_);
  Send(transaction, kSignUpRepeatedTopic, recipient, std::move(mail));
}

void Mails::SendStaffInvitation(db::Transaction& transaction, const Email& recipient,
                                absl::string_view clinic_display_name,
                                absl::string_view token) const {
  v1::Mail mail;
  mail.mutable_staff_invitation()->set_link(
      absl::StrCat(portal_base_url_, "/invitation#token=", token));
  mail.mutable_staff_invitation()->set_clinic_display_name(std::string(clinic_display_name));
  Send(transaction, kStaffInvitationTopic, recipient, std::move(mail));
}

void Mails::Send(db::Transaction& transaction, const char* topic, const Email& recipient,
                 v1::Mail mail) const {
  mail.set_recipient(recipient.text());
  outbox_.Append(transaction, topic, mail.SerializeAsString());
}

}  // namespace portal::identity
