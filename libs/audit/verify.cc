#include "libs/audit/verify.h"

#include <limits>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/audit/chain.h"
#include "libs/audit/checkpoint_file.h"
#include "libs/audit/queries.h"
#include "libs/status/status_macros.h"

namespace portal::audit {
namespace {

constexpr int kPage = 1000;
// Whoever tampers chooses numbers freely.
constexpr int64_t kBeforeAll = std::numeric_limits<int64_t>::min();

class Verifier {
 public:
  Verifier(db::Pool& pool, const crypto::VerifyingKeyring& keys)
      : pool_(pool), keys_(keys.Snapshot()) {}

  absl::StatusOr<Report> Run(const std::string& checkpoints) {
    // The file first: whatever it names was committed before.
    ASSIGN_OR_RETURN(const auto lines, ReadCheckpoints(checkpoints));
    for (const CheckpointLine& line : lines) CheckLine(line);
    if (report_.checkpoints == 0) {
      // Without one nobody knows whose trail this should be, nor how long.
      ASSIGN_OR_RETURN(const std::vector<Batch> first, ListBatches(kBeforeAll));
      if (!first.empty()) FindIn(first[0].number, "there are batches, but no checkpoint");
      return std::move(report_);
    }
    RETURN_IF_ERROR(CheckBatches());
    for (const auto& [number, hash] : promised_) {
      FindIn(number, "batch ", number, " is missing, though a checkpoint names it");
    }
    RETURN_IF_ERROR(CheckStrayEvents());
    RETURN_IF_ERROR(PointAtFirstBroken());
    return std::move(report_);
  }

 private:
  template <typename... Words>
  void Find(const Words&... words) {
    report_.findings.push_back(absl::StrCat(words...));
  }

  // The same, about a batch.
  template <typename... Words>
  void FindIn(int64_t batch, const Words&... words) {
    Find(words...);
    int64_t& first = report_.first_broken_batch;
    if (first == 0 || batch < first) first = batch;
  }

  bool IsSigned(const std::string& trail, const Batch& batch) const {
    const crypto::VerifyingKey* key = keys_->Find(batch.key_id);
    return key != nullptr && key->Verify(SignedText(trail, batch), batch.signature);
  }

  void CheckLine(const CheckpointLine& line) {
    const std::string where = absl::StrCat("checkpoint line ", line.number);
    if (!line.checkpoint.ok()) return Find(where, " is malformed");
    const auto& [trail, batch] = *line.checkpoint;
    if (report_.checkpoints++ == 0) report_.trail = trail;
    if (trail != report_.trail) return Find(where, " belongs to the trail of ", trail);
    if (!IsSigned(trail, batch)) return Find(where, " has no valid signature");
    if (batch.number <= report_.last_checkpoint_batch) return Find(where, " is out of order");
    report_.last_checkpoint_batch = batch.number;
    promised_[batch.number] = batch.hash;
  }

  absl::Status CheckBatches() {
    std::vector<Batch> page;
    int64_t last = kBeforeAll;
    do {
      ASSIGN_OR_RETURN(page, ListBatches(last));
      for (const Batch& batch : page) {
        last = batch.number;
        if (batch.number >= 1) {
          RETURN_IF_ERROR(CheckBatch(batch));
        } else {
          FindIn(batch.number, "batch ", batch.number, " comes before the first");
        }
      }
    } while (!page.empty());
    return absl::OkStatus();
  }

  absl::Status CheckBatch(const Batch& batch) {
    const std::string where = absl::StrCat("batch ", batch.number);
    ++report_.batches;
    if (batch.number != last_number_ + 1) {
      FindIn(last_number_ + 1, "batches ", last_number_ + 1, " to ", batch.number - 1,
             " are missing");
    } else if (batch.previous_hash != last_hash_) {
      FindIn(batch.number, where, " does not follow from the batch before");
    }
    last_number_ = batch.number;
    last_hash_ = batch.hash;

    if (!IsSigned(report_.trail, batch)) FindIn(batch.number, where, " has no valid signature");
    const auto promised = promised_.extract(batch.number);
    if (!promised.empty() && promised.mapped() != batch.hash) {
      FindIn(batch.number, where, " is not the one that its checkpoint names");
    }
    ASSIGN_OR_RETURN(const Contents contents, ReadContents(batch.number));
    report_.events += contents.count;
    if (contents.count != batch.event_count) {
      FindIn(batch.number, where, " has ", contents.count, " events, but ", batch.event_count,
             " were sealed");
    } else if (HashBatch(report_.trail, batch, contents.canonical) != batch.hash) {
      FindIn(batch.number, where, " holds events that differ from what was sealed");
    }
    return absl::OkStatus();
  }

  absl::StatusOr<std::vector<Batch>> ListBatches(int64_t after) {
    return pool_.Read([&](db::Session& session) -> absl::StatusOr<std::vector<Batch>> {
      std::vector<Batch> batches;
      for (const db::Row& row : session.Exec(queries::kListAuditBatches, after, kPage)) {
        batches.push_back(ToBatch(row));
      }
      return batches;
    });
  }

  struct Contents {
    int64_t count = 0;
    std::string canonical;
    std::string first_event_id, last_event_id;
  };

  absl::StatusOr<Contents> ReadContents(int64_t batch) {
    return pool_.Read([&](db::Session& session) -> absl::StatusOr<Contents> {
      Contents contents;
      for (const db::Row& row : session.Exec(queries::kListSealedAuditEvents, batch)) {
        contents.last_event_id = row.Text("event_id");
        if (contents.count++ == 0) contents.first_event_id = contents.last_event_id;
        contents.canonical += CanonicalEvent(row);
      }
      return contents;
    });
  }

  // Page by page: a trail of years has more batches than one statement could walk in time.
  absl::Status CheckStrayEvents() {
    std::vector<UsedNumber> page;
    int64_t last = kBeforeAll;
    do {
      ASSIGN_OR_RETURN(page, ListUsedNumbers(last));
      for (const UsedNumber& used : page) {
        last = used.batch;
        if (used.is_batch) continue;
        FindIn(used.batch, "events claim batch ", used.batch, ", which does not exist");
      }
    } while (!page.empty());
    return absl::OkStatus();
  }

  // A batch number that events carry.
  struct UsedNumber {
    int64_t batch;
    bool is_batch;
  };

  absl::StatusOr<std::vector<UsedNumber>> ListUsedNumbers(int64_t after) {
    return pool_.Read([&](db::Session& session) -> absl::StatusOr<std::vector<UsedNumber>> {
      std::vector<UsedNumber> numbers;
      for (const db::Row& row : session.Exec(queries::kListUsedAuditBatchNumbers, after, kPage)) {
        numbers.push_back({.batch = row.Int64("batch_no"), .is_batch = row.Bool("is_batch")});
      }
      return numbers;
    });
  }

  absl::Status PointAtFirstBroken() {
    if (report_.first_broken_batch == 0) return absl::OkStatus();
    ASSIGN_OR_RETURN(const Contents contents, ReadContents(report_.first_broken_batch));
    report_.first_broken_event_id = contents.first_event_id;
    report_.last_broken_event_id = contents.last_event_id;
    return absl::OkStatus();
  }

  db::Pool& pool_;
  const std::shared_ptr<const crypto::Keys<crypto::VerifyingKey>> keys_;
  Report report_;
  std::map<int64_t, std::string> promised_;  // hash by batch, of the checkpoints not met yet
  int64_t last_number_ = 0;
  std::string last_hash_ = GenesisHash();
};

}  // namespace

absl::StatusOr<Report> Verify(db::Pool& pool, const std::string& checkpoints,
                              const crypto::VerifyingKeyring& keys) {
  return Verifier(pool, keys).Run(checkpoints);
}

}  // namespace portal::audit
