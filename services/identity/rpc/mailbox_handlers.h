#ifndef SERVICES_IDENTITY_RPC_MAILBOX_HANDLERS_H_
#define SERVICES_IDENTITY_RPC_MAILBOX_HANDLERS_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/db/session.h"
#include "libs/rpc/context.h"
#include "portal/identity/v1/mailbox_service.pb.h"
#include "services/identity/domain/email.h"
#include "services/identity/domain/mailbox_code.h"
#include "services/identity/rpc/account_directory.h"
#include "services/identity/rpc/dependencies.h"
#include "services/identity/storage/account_store.h"
#include "services/identity/storage/attempt_counter.h"
#include "services/identity/storage/clinic_store.h"
#include "services/identity/storage/mailbox_code_store.h"

namespace portal::identity {

// portal.identity.v1.MailboxService.
class MailboxHandlers {
 public:
  explicit MailboxHandlers(const Dependencies& dependencies);

  absl::StatusOr<v1::RequestMailboxCodeResponse> RequestMailboxCode(
      const rpc::Context& context, const v1::RequestMailboxCodeRequest& request);
  absl::StatusOr<v1::ConfirmMailboxCodeResponse> ConfirmMailboxCode(
      const rpc::Context& context, const v1::ConfirmMailboxCodeRequest& request);

 private:
  // What a code is sent for.
  struct Asked {
    Email email;
    std::string language;
    id::ClinicId clinic_id;
  };

  absl::StatusOr<Asked> ParseRequest(const rpc::Context& context,
                                     const v1::RequestMailboxCodeRequest& request);
  // Counts, records and mails a code.
  absl::StatusOr<v1::RequestMailboxCodeResponse> Send(db::Transaction& transaction,
                                                      const rpc::Context& context,
                                                      const Asked& asked);
  // Makes or joins the account of a code that was found right.
  absl::StatusOr<v1::ConfirmMailboxCodeResponse> Join(db::Transaction& transaction,
                                                      const rpc::Context& context,
                                                      const MailboxCodeId& mailbox_code_id);

  const Dependencies deps_;
  AccountStore accounts_;
  ClinicStore clinics_;
  MailboxCodeStore codes_;
  AttemptCounter attempts_;
  AccountDirectory directory_;
};

}  // namespace portal::identity

#endif  // SERVICES_IDENTITY_RPC_MAILBOX_HANDLERS_H_
