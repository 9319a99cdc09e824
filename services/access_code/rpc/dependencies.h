#ifndef SERVICES_ACCESS_CODE_RPC_DEPENDENCIES_H_
#define SERVICES_ACCESS_CODE_RPC_DEPENDENCIES_H_

#include <string>

#include "libs/auth/passport_token.h"
#include "libs/crypto/keyring.h"
#include "libs/crypto/sealer.h"
#include "libs/db/pool.h"
#include "libs/idempotency/store.h"
#include "libs/outbox/outbox.h"
#include "libs/telemetry/metrics.h"
#include "libs/time/clock.h"
#include "services/access_code/domain/word_list.h"
#include "services/access_code/rpc/refusal_alarm.h"

namespace portal::access_code {

// What the handlers work with; all of it outlives them. The pool lists the queries of this service,
// audit, outbox and idempotency, and has ConstraintErrors().
struct Dependencies {
  db::Pool& pool;
  const WordList& words;
  // For digests of codes, and nothing else.
  const crypto::Keyring& peppers;
  // For the persons on whose behalf CheckGrants asks.
  auth::PassportVerifier& passports;
  // For page tokens.
  const crypto::Sealer& sealer;
  const outbox::Outbox& outbox;
  const idempotency::Store& idempotency;
  const time::Clock& clock;
  telemetry::Metrics& metrics;
  // Where Access Links lead, without a slash at its end.
  std::string portal_base_url;
  RefusalAlarm::Options refusal_alarm;
};

}  // namespace portal::access_code

#endif  // SERVICES_ACCESS_CODE_RPC_DEPENDENCIES_H_
