#ifndef SERVICES_IDENTITY_RPC_ACCOUNT_NOTICES_H_
#define SERVICES_IDENTITY_RPC_ACCOUNT_NOTICES_H_

#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "libs/db/session.h"
#include "libs/outbox/outbox.h"
#include "portal/messaging/v1/notice.pb.h"
#include "services/identity/domain/email.h"
#include "services/identity/storage/account_store.h"

namespace portal::identity {

// Events with this topic tell nobody anything: a call that must not show whether there is somebody
// to tell writes one of them instead of a notice. Delivered by being forgotten.
inline constexpr char kDecoyTopic[] = "decoy";

// Has the owners of accounts told what happened to them, in the transaction of what happened.
// Tokens stand in the fragments of links, which browsers do not send, so they reach no log.
class AccountNotices {
 public:
  AccountNotices(const outbox::Outbox& outbox, std::string portal_base_url)
      : outbox_(outbox), portal_base_url_(std::move(portal_base_url)) {}

  void PasswordChanged(db::Transaction& transaction, const AccountContact& to) const;
  void ResetPassword(db::Transaction& transaction, const AccountContact& to,
                     absl::string_view token) const;
  // As much work, for nobody.
  void ResetPasswordOfNobody(db::Transaction& transaction, const AccountContact& to,
                             absl::string_view token) const;
  void SecondFactorChanged(db::Transaction& transaction, const AccountContact& to,
                           bool enabled) const;
  // `token` cancels the removal.
  void SecondFactorRemovalRequested(db::Transaction& transaction, const AccountContact& to,
                                    absl::Time removal_at, absl::string_view token) const;
  void MailboxCode(db::Transaction& transaction, const AccountContact& to,
                   absl::string_view code) const;
  // `to`: at the new address.
  void ConfirmNewEmail(db::Transaction& transaction, const AccountContact& to,
                       absl::string_view token) const;
  void EmailChangeRequested(db::Transaction& transaction, const AccountContact& to) const;
  // `to`: at the old address.
  void EmailChanged(db::Transaction& transaction, const AccountContact& to) const;
  void AccountClosed(db::Transaction& transaction, const AccountContact& to) const;
  // `device`: what DeviceName() made of it.
  void NewDeviceSignIn(db::Transaction& transaction, const AccountContact& to, absl::Time at,
                       absl::string_view device) const;

 private:
  messaging::v1::Notice ResetNotice(const AccountContact& to, absl::string_view token) const;

  const outbox::Outbox& outbox_;
  const std::string portal_base_url_;
};

}  // namespace portal::identity

#endif  // SERVICES_IDENTITY_RPC_ACCOUNT_NOTICES_H_
