#ifndef SERVICES_IDENTITY_RPC_MAILS_H_
#define SERVICES_IDENTITY_RPC_MAILS_H_

#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "libs/db/session.h"
#include "libs/outbox/outbox.h"
#include "services/identity/domain/clinic.h"
#include "services/identity/domain/email.h"

namespace portal::identity {

// Asks messaging for mails to addresses that may have no account, in the transaction of what they
// tell. Tokens stand in the fragments of links, which browsers do not send, so they reach no log.
class Mails {
 public:
  Mails(const outbox::Outbox& outbox, std::string portal_base_url)
      : outbox_(outbox), portal_base_url_(std::move(portal_base_url)) {}

  // `language`: BCP 47, "en" or "fr", as whoever signs up chose it; so below.
  void SendVerification(db::Transaction& transaction, const Email& recipient,
                        absl::string_view language, absl::string_view token) const;
  void SendSignUpRepeated(db::Transaction& transaction, const Email& recipient,
                          absl::string_view language) const;
  // In the clinic's language: whoever is invited may have no account yet.
  void SendStaffInvitation(db::Transaction& transaction, const Email& recipient,
                           const Clinic& clinic, absl::string_view token) const;

 private:
  const outbox::Outbox& outbox_;
  const std::string portal_base_url_;
};

}  // namespace portal::identity

#endif  // SERVICES_IDENTITY_RPC_MAILS_H_
