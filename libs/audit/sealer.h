#ifndef LIBS_AUDIT_SEALER_H_
#define LIBS_AUDIT_SEALER_H_

#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/audit/chain.h"
#include "libs/audit/checkpoint_file.h"
#include "libs/background/loop.h"
#include "libs/crypto/signing.h"
#include "libs/db/pool.h"
#include "libs/telemetry/metrics.h"
#include "libs/time/clock.h"

namespace portal::audit {

struct SealerOptions {
  // The service's name: one service's trail is never another's.
  std::string trail;
  // Appended to; one file per process.
  std::string checkpoints;
  // An event can be removed unnoticed until it is sealed.
  absl::Duration interval = absl::Seconds(1);
  // Events of one batch: some hundred kilobytes to hash in one short transaction.
  int max_batch = 1000;
};

// Chains committed audit events into signed batches and appends checkpoints to a file, so that
// Verify() finds edits, deletions, insertions and reordering by anybody, and truncation of whatever
// a checkpoint has covered. See docs/adr/0005-audit-sealer.md.
//
// Every replica runs one; a lock in the database lets one seal at a time. A checkpoint vouches for
// all batches before it, so each run appends only the newest. A crash between the two is made up
// for by the next run.
//
// Metrics: audit_sealed_events_total, and audit_sealer_healthy, which is 0 while sealing fails:
// alert on it, since what is not sealed is not protected.
class Sealer {
 public:
  // Fails, saying why, only if the checkpoint file cannot be used.
  static absl::StatusOr<std::unique_ptr<Sealer>> Open(db::Pool& pool,
                                                      const crypto::SigningKeyring& keys,
                                                      const time::Clock& clock,
                                                      telemetry::Metrics& metrics,
                                                      SealerOptions options);
  ~Sealer();  // Stop()

  // Seals in the background, until Stop(); failures are logged and tried again.
  void Start();

  // Seals once more, what was committed until now, and ends the thread. Call it when nothing
  // appends any more. May be called again.
  void Stop();

  // Seals whatever is committed, appends the newest checkpoint, and returns the number of events
  // sealed: 0 too if another sealer is at work. INTERNAL if the batch of the last checkpoint is
  // gone or differs: then the trail was tampered with, and nothing is sealed over it.
  absl::StatusOr<int64_t> SealOnce();

 private:
  Sealer(db::Pool& pool, const crypto::SigningKeyring& keys, const time::Clock& clock,
         telemetry::Metrics& metrics, SealerOptions options, std::unique_ptr<CheckpointFile> file);

  void Run();
  absl::StatusOr<bool> Inspect();
  absl::StatusOr<int64_t> SealBatch();
  absl::Status ExportCheckpoint();

  db::Pool& pool_;
  const crypto::SigningKeyring& keys_;
  const time::Clock& clock_;
  const SealerOptions options_;
  const std::unique_ptr<CheckpointFile> file_;
  telemetry::Counter sealed_events_;
  telemetry::Gauge healthy_;
  absl::Status last_status_;  // of the background runs
  std::optional<background::Loop> loop_;
};

}  // namespace portal::audit

#endif  // LIBS_AUDIT_SEALER_H_
