#ifndef LIBS_AUDIT_VERIFY_H_
#define LIBS_AUDIT_VERIFY_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "libs/crypto/signing.h"
#include "libs/db/pool.h"

namespace portal::audit {

struct Report {
  std::string trail;
  int64_t checkpoints = 0;
  int64_t batches = 0;
  int64_t events = 0;  // sealed ones
  // Up to here the trail is proven complete; what was sealed later could still be cut off
  // unnoticed.
  int64_t last_checkpoint_batch = 0;
  // The lowest batch that a finding is about: where to begin to look. 0 if none is about a batch.
  int64_t first_broken_batch = 0;
  // Its first and last event as they are now; empty if it has none.
  std::string first_broken_event_id, last_broken_event_id;
  // One sentence each, naming the batch or the line; empty if the trail is as it was sealed.
  std::vector<std::string> findings;
};

// Compares the whole trail with its seals and with the checkpoint file: finds events that were
// changed, removed, added to a sealed batch or moved between batches, batches that were changed,
// removed, added or reordered, and checkpoints that the database no longer honours. Reads only, and
// may run beside the sealer. A status other than OK means that it could not look.
absl::StatusOr<Report> Verify(db::Pool& pool, const std::string& checkpoints,
                              const crypto::VerifyingKeyring& keys);

}  // namespace portal::audit

#endif  // LIBS_AUDIT_VERIFY_H_
