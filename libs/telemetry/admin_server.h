#ifndef LIBS_TELEMETRY_ADMIN_SERVER_H_
#define LIBS_TELEMETRY_ADMIN_SERVER_H_

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "libs/telemetry/metrics.h"

namespace httplib {
class Server;
}

namespace portal::telemetry {

struct AdminServerOptions {
  // "127.0.0.1:7201", "[::1]:7201"; port 0 takes a free one. Plain HTTP: an address that only
  // probes, the metrics collector and operators reach.
  std::string address;
  // Names what is not ready yet or any more ("database", "draining"); empty when the service can
  // take calls. Called on each probe, on the server's threads: it looks at what is known and waits
  // for nothing.
  std::function<std::vector<std::string>()> not_ready;
  // Outlives the server.
  const Metrics* metrics = nullptr;
};

// Answers GET (and HEAD) for
//   /livez    200 while the process can answer at all
//   /readyz   200 {"status":"ready"} or 503 {"status":"not ready","waiting_for":["database"]}
//   /metrics  Prometheus' text format
// with two threads, one request a connection and a second's patience.
class AdminServer {
 public:
  // Answers as soon as this returns. INTERNAL if the address is malformed or cannot be listened on.
  static absl::StatusOr<std::unique_ptr<AdminServer>> Start(AdminServerOptions options);

  // Stops.
  ~AdminServer();

  int port() const { return port_; }

  // Takes no further connections, answers those taken, then returns; afterwards `not_ready` is not
  // called any more. Only the first call does anything; not for several threads at once.
  void Stop();

 private:
  explicit AdminServer(AdminServerOptions options);
  void Route();

  const AdminServerOptions options_;
  const std::unique_ptr<httplib::Server> server_;
  int port_ = 0;
  std::thread listener_;
};

}  // namespace portal::telemetry

#endif  // LIBS_TELEMETRY_ADMIN_SERVER_H_
