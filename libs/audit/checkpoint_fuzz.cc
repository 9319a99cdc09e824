#include "absl/status/statusor.h"
#include "libs/audit/chain.h"
#include "libs/testing/fuzz.h"

namespace portal::audit {

// A line is a checkpoint only if it is what we would have written.
FUZZ_TARGET(line) {
  const absl::StatusOr<Checkpoint> checkpoint = ParseCheckpoint(line);
  if (!checkpoint.ok()) {
    FUZZ_EXPECT(absl::IsInvalidArgument(checkpoint.status()));
    return;
  }
  FUZZ_EXPECT(checkpoint->batch.number >= 1);
  FUZZ_EXPECT(ToJson(*checkpoint) == line);
}

}  // namespace portal::audit
