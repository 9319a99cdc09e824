#ifndef SERVICES_IDENTITY_RPC_SERVICE_H_
#define SERVICES_IDENTITY_RPC_SERVICE_H_

#include <map>
#include <string>
#include <vector>

#include "libs/outbox/relay.h"
#include "libs/rpc/method_table.h"
#include "services/identity/rpc/account_handlers.h"
#include "services/identity/rpc/authorization_handlers.h"
#include "services/identity/rpc/clinic_handlers.h"
#include "services/identity/rpc/closure_handlers.h"
#include "services/identity/rpc/dependencies.h"
#include "services/identity/rpc/email_change_handlers.h"
#include "services/identity/rpc/mailbox_handlers.h"
#include "services/identity/rpc/password_handlers.h"
#include "services/identity/rpc/second_factor_handlers.h"
#include "services/identity/rpc/service_account_handlers.h"
#include "services/identity/rpc/session_feed_handlers.h"
#include "services/identity/rpc/session_gate.h"
#include "services/identity/rpc/session_handlers.h"
#include "services/identity/rpc/staff_handlers.h"

namespace portal::identity {

// Everything that the service answers.
class Service {
 public:
  explicit Service(const Dependencies& dependencies)
      : gate_(dependencies),
        accounts_(dependencies),
        closures_(dependencies),
        sessions_(dependencies, gate_),
        passwords_(dependencies),
        second_factors_(dependencies),
        email_changes_(dependencies),
        mailboxes_(dependencies),
        clinics_(dependencies),
        staff_(dependencies),
        feed_(dependencies),
        service_accounts_(dependencies),
        authorization_(dependencies.client_methods, gate_) {}

  // For rpc::Server::Start. The service outlives the server.
  std::vector<rpc::MethodTable> Tables();

  // The routes of events that stay within the service.
  static std::map<std::string, outbox::Route> Routes();

 private:
  SessionGate gate_;
  AccountHandlers accounts_;
  ClosureHandlers closures_;
  SessionHandlers sessions_;
  PasswordHandlers passwords_;
  SecondFactorHandlers second_factors_;
  EmailChangeHandlers email_changes_;
  MailboxHandlers mailboxes_;
  ClinicHandlers clinics_;
  StaffHandlers staff_;
  SessionFeedHandlers feed_;
  ServiceAccountHandlers service_accounts_;
  AuthorizationHandlers authorization_;
};

}  // namespace portal::identity

#endif  // SERVICES_IDENTITY_RPC_SERVICE_H_
