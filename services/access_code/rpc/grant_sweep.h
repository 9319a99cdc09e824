#ifndef SERVICES_ACCESS_CODE_RPC_GRANT_SWEEP_H_
#define SERVICES_ACCESS_CODE_RPC_GRANT_SWEEP_H_

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/db/pool.h"
#include "libs/outbox/outbox.h"
#include "libs/time/clock.h"
#include "services/access_code/storage/grant_store.h"

namespace portal::access_code {

// What time does to grants while nobody calls: tells clinics of patients who come of age in
// kComingOfAgeNotice, once each, and holders that their grants have reached their end. When a grant
// ends does not depend on it. Any number of replicas may run it.
class GrantSweep {
 public:
  // A minute's delay of a notice is nothing.
  static constexpr absl::Duration kInterval = absl::Minutes(1);
  // Grants looked at in one run: a transaction of some milliseconds.
  static constexpr int kBatch = 200;

  // All outlive the sweep. `pool`: a background pool.
  GrantSweep(db::Pool& pool, const outbox::Outbox& outbox, const time::Clock& clock)
      : pool_(pool), outbox_(outbox), clock_(clock), grants_(pool) {}

  // Whether there may be more to do.
  absl::StatusOr<bool> Run() const;

 private:
  absl::StatusOr<bool> EndPassed() const;
  absl::StatusOr<bool> TellComingOfAge() const;

  db::Pool& pool_;
  const outbox::Outbox& outbox_;
  const time::Clock& clock_;
  const GrantStore grants_;
};

}  // namespace portal::access_code

#endif  // SERVICES_ACCESS_CODE_RPC_GRANT_SWEEP_H_
