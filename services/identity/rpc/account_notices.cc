#include "services/identity/rpc/account_notices.h"

#include "absl/strings/str_cat.h"
#include "libs/notice/notice.h"
#include "services/identity/rpc/convert.h"

namespace portal::identity {
namespace {

messaging::v1::Notice NoticeTo(const AccountContact& to) {
  messaging::v1::Notice notice;
  notice.mutable_recipient()->set_email(to.email.text());
  notice.mutable_recipient()->set_language(to.language);
  return notice;
}

}  // namespace

void AccountNotices::PasswordChanged(db::Transaction& transaction, const AccountContact& to) const {
  messaging::v1::Notice notice = NoticeTo(to);
  notice.mutable_password_changed();
  notice::Append(transaction, outbox_, notice);
}

void AccountNotices::ResetPassword(db::Transaction& transaction, const AccountContact& to,
                                   absl::string_view token) const {
  notice::Append(transaction, outbox_, ResetNotice(to, token));
}

void AccountNotices::ResetPasswordOfNobody(db::Transaction& transaction, const AccountContact& to,
                                           absl::string_view token) const {
  outbox_.Append(transaction, kDecoyTopic, ResetNotice(to, token).SerializeAsString());
}

void AccountNotices::ConfirmNewEmail(db::Transaction& transaction, const AccountContact& to,
                                     absl::string_view token) const {
  messaging::v1::Notice notice = NoticeTo(to);
  notice.mutable_confirm_new_email()->set_link(
      absl::StrCat(portal_base_url_, "/confirm-email#token=", token));
  notice::Append(transaction, outbox_, notice);
}

void AccountNotices::EmailChangeRequested(db::Transaction& transaction,
                                          const AccountContact& to) const {
  messaging::v1::Notice notice = NoticeTo(to);
  notice.mutable_email_change_requested();
  notice::Append(transaction, outbox_, notice);
}

void AccountNotices::EmailChanged(db::Transaction& transaction, const AccountContact& to) const {
  messaging::v1::Notice notice = NoticeTo(to);
  notice.mutable_email_changed();
  notice::Append(transaction, outbox_, notice);
}

void AccountNotices::AccountClosed(db::Transaction& transaction, const AccountContact& to) const {
  messaging::v1::Notice notice = NoticeTo(to);
  notice.mutable_account_closed();
  notice::Append(transaction, outbox_, notice);
}

void AccountNotices::NewDeviceSignIn(db::Transaction& transaction, const AccountContact& to,
                                     absl::Time at, absl::string_view device) const {
  messaging::v1::Notice notice = NoticeTo(to);
  *notice.mutable_new_device_sign_in()->mutable_sign_in_time() = ToProto(at);
  notice.mutable_new_device_sign_in()->set_device(std::string(device));
  notice::Append(transaction, outbox_, notice);
}

void AccountNotices::SecondFactorChanged(db::Transaction& transaction, const AccountContact& to,
                                         bool enabled) const {
  messaging::v1::Notice notice = NoticeTo(to);
  notice.mutable_second_factor_changed()->set_enabled(enabled);
  notice::Append(transaction, outbox_, notice);
}

void AccountNotices::SecondFactorRemovalRequested(db::Transaction& transaction,
                                                  const AccountContact& to, absl::Time removal_at,
                                                  absl::string_view token) const {
  messaging::v1::Notice notice = NoticeTo(to);
  messaging::v1::SecondFactorRemovalRequested& content =
      *notice.mutable_second_factor_removal_requested();
  *content.mutable_removal_time() = ToProto(removal_at);
  content.set_cancel_link(absl::StrCat(portal_base_url_, "/cancel-removal#token=", token));
  notice::Append(transaction, outbox_, notice);
}

void AccountNotices::MailboxCode(db::Transaction& transaction, const AccountContact& to,
                                 absl::string_view code) const {
  messaging::v1::Notice notice = NoticeTo(to);
  notice.mutable_mailbox_code()->set_code(std::string(code));
  notice::Append(transaction, outbox_, notice);
}

messaging::v1::Notice AccountNotices::ResetNotice(const AccountContact& to,
                                                  absl::string_view token) const {
  messaging::v1::Notice notice = NoticeTo(to);
  notice.mutable_reset_password()->set_link(
      absl::StrCat(portal_base_url_, "/reset-password#token=", token));
  return notice;
}

}  // namespace portal::identity
