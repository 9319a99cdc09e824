#ifndef LIBS_AUDIT_CHECKPOINT_FILE_H_
#define LIBS_AUDIT_CHECKPOINT_FILE_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/audit/chain.h"

namespace portal::audit {

// The file that checkpoints are appended to, one JSON object a line. It proves something only where
// the database's owner cannot rewrite it: ship it, or keep it on append-only storage. One process
// has it open at a time.
class CheckpointFile {
 public:
  // Makes the file if needed, and cuts off a last line that a crash left unfinished. INTERNAL,
  // saying why, if it cannot be opened, is open elsewhere, or its last line is no checkpoint.
  static absl::StatusOr<std::unique_ptr<CheckpointFile>> Open(const std::string& path);

  ~CheckpointFile();
  CheckpointFile(const CheckpointFile&) = delete;
  CheckpointFile& operator=(const CheckpointFile&) = delete;

  // Durable when this returns OK; otherwise the file is as it was.
  absl::Status Append(const Checkpoint& checkpoint);

  // The newest one.
  const std::optional<Checkpoint>& last() const { return last_; }

 private:
  CheckpointFile(int fd, size_t size, std::optional<Checkpoint> last)
      : fd_(fd), size_(size), last_(std::move(last)) {}

  const int fd_;
  size_t size_;
  std::optional<Checkpoint> last_;
};

// All finished lines; a line that is no checkpoint is an error, given with its number.
struct CheckpointLine {
  int number;  // from 1
  absl::StatusOr<Checkpoint> checkpoint;
};
absl::StatusOr<std::vector<CheckpointLine>> ReadCheckpoints(const std::string& path);

}  // namespace portal::audit

#endif  // LIBS_AUDIT_CHECKPOINT_FILE_H_
