#ifndef SERVICES_IDENTITY_RPC_DEPENDENCIES_H_
#define SERVICES_IDENTITY_RPC_DEPENDENCIES_H_

#include <string>

#include "absl/time/time.h"
#include "libs/auth/passport_token.h"
#include "libs/crypto/keyring.h"
#include "libs/crypto/password.h"
#include "libs/crypto/sealer.h"
#include "libs/db/pool.h"
#include "libs/idempotency/store.h"
#include "libs/outbox/outbox.h"
#include "libs/time/clock.h"
#include "services/identity/domain/limits.h"
#include "services/identity/domain/password_policy.h"
#include "services/identity/domain/session.h"
#include "services/identity/rpc/client_methods.h"

namespace portal::identity {

// What the handlers work with; all of it outlives them. The pool's options went through
// AddSchema().
struct Dependencies {
  db::Pool& pool;
  // For what runs beside the calls.
  db::Pool& background_pool;
  const time::Clock& clock;
  const crypto::PasswordHasher& hasher;
  const PasswordPolicy& password_policy;
  const auth::PassportIssuer& passport_issuer;
  // Key what is stored instead of a mailbox code.
  const crypto::Keyring& sealing_keys;
  // For page tokens.
  const crypto::Sealer& sealer;
  const outbox::Outbox& outbox;
  const idempotency::Store& idempotency;
  const ClientMethods& client_methods;
  // Where links in mails lead, without a slash at the end.
  std::string portal_base_url;
  SessionLimits session_limits = {};
  AttemptLimit attempts_per_client = kAttemptsPerClient;
  absl::Duration second_factor_removal_wait = kSecondFactorRemovalWait;
  // Of the terms of use that are published now; 0: there are none.
  int terms_version = 0;
};

}  // namespace portal::identity

#endif  // SERVICES_IDENTITY_RPC_DEPENDENCIES_H_
