#ifndef LIBS_TESTING_FAKE_RECEIVER_H_
#define LIBS_TESTING_FAKE_RECEIVER_H_

#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "libs/id/uuid.h"
#include "libs/outbox/relay.h"
#include "libs/rpc/context.h"
#include "libs/rpc/method_table.h"
#include "libs/time/clock.h"

namespace portal::testing {

// One method of another service, for tests of what calls it: remembers what arrives and answers as
// it is told, OK at first. Thread-safe.
template <typename Request, typename Response>
class FakeReceiver {
 public:
  struct Received {
    Request request;
    std::string request_id;
    absl::Time deadline;
  };

  // For RpcHarness::Start.
  std::vector<rpc::MethodTable> Tables(const char* service, const char* method) {
    rpc::MethodTable table(service);
    table.Unary(method, rpc::Lane::kWrite, this, &FakeReceiver::Receive);
    std::vector<rpc::MethodTable> tables;
    tables.push_back(std::move(table));
    return tables;
  }

  void Answer(absl::Status answer) {
    std::lock_guard lock(mutex_);
    answer_ = std::move(answer);
  }

  std::vector<Received> Calls() {
    std::lock_guard lock(mutex_);
    return calls_;
  }

  std::vector<Request> Requests() {
    std::vector<Request> requests;
    for (const Received& call : Calls()) requests.push_back(call.request);
    return requests;
  }

 private:
  absl::StatusOr<Response> Receive(const rpc::Context& context, const Request& request) {
    std::lock_guard lock(mutex_);
    calls_.push_back({request, context.call().request_id, context.deadline()});
    if (answer_.ok()) return Response();
    return answer_;
  }

  std::mutex mutex_;
  std::vector<Received> calls_;  // guarded by mutex_
  absl::Status answer_;          // guarded by mutex_
};

// An event as the relay hands it to a route.
inline outbox::Delivery DeliveryOf(std::string topic, std::string payload,
                                   absl::Duration patience = absl::Seconds(20)) {
  return {.event_id = id::NewUuidV7(time::SystemClock()),
          .topic = std::move(topic),
          .payload = std::move(payload),
          .deadline = absl::Now() + patience};
}

}  // namespace portal::testing

#endif  // LIBS_TESTING_FAKE_RECEIVER_H_
