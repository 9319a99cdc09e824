#ifndef LIBS_IDEMPOTENCY_STORE_H_
#define LIBS_IDEMPOTENCY_STORE_H_

#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "google/protobuf/message_lite.h"
#include "libs/background/loop.h"
#include "libs/crypto/keyring.h"
#include "libs/crypto/sealer.h"
#include "libs/db/pool.h"
#include "libs/status/errors.h"
#include "libs/status/status_macros.h"
#include "libs/time/clock.h"

// Changes that happen once, however often their request arrives (AIP-155): the request id is
// claimed and the answer stored in the transaction of the change, so either all of it is there or
// nothing. See docs/adr/0007-idempotency.md.
namespace portal::idempotency {

// How long an answer can be had again. Afterwards the same request id is a new request.
inline constexpr absl::Duration kRetention = absl::Hours(24);

// What names a request. Two callers may use the same id, and so may two methods.
struct Key {
  std::string caller;      // who repeats it: the account, or the service
  std::string method;      // the RPC's full name
  std::string request_id;  // a UUID in lower case, as the client made it
};

// See Store::Run.
template <typename Response>
using OnRepeat = std::function<absl::Status(db::Transaction&, const Response&)>;

// Thread-safe. The pool it is used with lists queries::kAll.
class Store {
 public:
  // `keys` seal the stored answers and key the MACs of the requests. A key must stay in the ring
  // for kRetention after its successor has taken over.
  Store(const crypto::Keyring& keys, const time::Clock& clock)
      : keys_(keys), sealer_(keys), clock_(clock) {}

  // Runs `change` in a transaction that also records `request` and the answer under `key`, or, if
  // that was done before, returns the recorded answer. An error of `change` undoes everything, and
  // the same request may be tried again. A copy that arrives meanwhile waits for the first one.
  //
  // `redact`, if given, takes out of the answer what must not be stored even sealed; a repetition
  // gets the rest.
  //
  // `on_repeat`, if given, runs in a transaction before a recorded answer is given out; its error
  // is returned instead. Audit rows of repetitions are written here. It also runs when the first
  // answer of this very call was in doubt.
  //
  // `change` may run several times; all but one are rolled back.
  //
  //   INVALID_FIELD       request_id is not a UUID in lower case
  //   REQUEST_ID_REUSED   the id was used with another request; nothing was changed
  //   COMMIT_IN_DOUBT     the connection was lost, and again while finding out: repeat it later
  //   and what Pool::Transact and `change` return.
  template <typename Response>
  absl::StatusOr<Response> Run(db::Pool& pool, const db::CallOptions& call, const Key& key,
                               const google::protobuf::MessageLite& request,
                               absl::FunctionRef<absl::StatusOr<Response>(db::Transaction&)> change,
                               const std::function<void(Response&)>& redact = nullptr,
                               const OnRepeat<Response>& on_repeat = nullptr) const {
    std::optional<Response> response;
    const auto run = [&](db::Transaction& transaction) -> absl::StatusOr<std::string> {
      ASSIGN_OR_RETURN(response, change(transaction));
      if (redact == nullptr) return response->SerializeAsString();
      Response stored = *response;
      redact(stored);
      return stored.SerializeAsString();
    };
    const auto repeat = [&](db::Transaction& transaction,
                            const std::string& recorded) -> absl::Status {
      if (!response.emplace().ParseFromString(recorded)) {
        return status::Internal("a stored answer is of another type");
      }
      return on_repeat == nullptr ? absl::OkStatus() : on_repeat(transaction, *response);
    };
    RETURN_IF_ERROR(RunOnce(pool, call, key, request, run, repeat));
    return *std::move(response);
  }

  // The recorded answer to `request`, or nothing if there is none yet. Changes nothing and waits
  // for nobody. For methods that do something before Run which a repetition is to be spared, such
  // as counting an attempt.
  //
  //   INVALID_FIELD, REQUEST_ID_REUSED   as above
  //   and what Pool::Read returns.
  template <typename Response>
  absl::StatusOr<std::optional<Response>> Find(db::Pool& pool, const db::CallOptions& call,
                                               const Key& key,
                                               const google::protobuf::MessageLite& request) const {
    using Replay = std::optional<std::string>;
    ASSIGN_OR_RETURN(const Replay replay, FindRecorded(pool, call, key, request));
    if (!replay.has_value()) return std::nullopt;
    std::optional<Response> response(std::in_place);
    if (!response->ParseFromString(*replay)) {
      return status::Internal("a stored answer is of another type");
    }
    return response;
  }

  // Removes at most `limit` expired records and returns how many.
  absl::StatusOr<int64_t> Prune(db::Pool& pool, int limit) const;

 private:
  using Change = absl::FunctionRef<absl::StatusOr<std::string>(db::Transaction&)>;
  using Repeat = absl::FunctionRef<absl::Status(db::Transaction&, const std::string&)>;

  // Commits either `change` with its answer, or `repeat` of the answer recorded before.
  absl::Status RunOnce(db::Pool& pool, const db::CallOptions& call, const Key& key,
                       const google::protobuf::MessageLite& request, Change change,
                       Repeat repeat) const;
  absl::StatusOr<std::optional<std::string>> FindRecorded(
      db::Pool& pool, const db::CallOptions& call, const Key& key,
      const google::protobuf::MessageLite& request) const;
  bool Claim(db::Transaction& transaction, const Key& key, absl::string_view request) const;
  // `recorded`: the row of GetIdempotencyKey.
  absl::StatusOr<std::string> Replay(const db::Row& recorded, const Key& key,
                                     absl::string_view request) const;

  const crypto::Keyring& keys_;
  const crypto::Sealer sealer_;
  const time::Clock& clock_;
};

// Removes expired records in the background, from construction to destruction.
class Pruner {
 public:
  static constexpr absl::Duration kInterval = absl::Minutes(1);
  static constexpr int kBatch = 1000;  // records: a statement of some milliseconds

  // `pool` should be a background pool.
  Pruner(db::Pool& pool, const Store& store);

 private:
  background::Loop loop_;
};

}  // namespace portal::idempotency

#endif  // LIBS_IDEMPOTENCY_STORE_H_
