#ifndef LIBS_RPC_SERVER_H_
#define LIBS_RPC_SERVER_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "grpcpp/channel.h"
#include "libs/audit/read_log.h"
#include "libs/auth/passport_token.h"
#include "libs/rpc/executor.h"
#include "libs/rpc/grant_checker.h"
#include "libs/rpc/limits.h"
#include "libs/rpc/method_table.h"
#include "libs/rpc/open_streams.h"
#include "libs/rpc/tls.h"
#include "libs/telemetry/metrics.h"
#include "libs/time/clock.h"

namespace portal::rpc {

struct ServerOptions {
  // The service's name in logs, metrics and certificates.
  std::string service;
  // "127.0.0.1:7101"; port 0 takes a free one.
  std::string listen_address;
  TlsFiles tls;
  // Whose certificates are looked at: spiffe://<trust_domain>/service/<name>.
  std::string trust_domain;
  // Development only.
  bool reflection = false;
  Executor::Options executor;
  // A call without a deadline gets this one, and a later deadline is cut to it.
  absl::Duration max_deadline = absl::Seconds(5);
  // Server streams open at a time; more are refused with UNAVAILABLE/OVERLOADED.
  size_t max_open_streams = kMaxOpenStreams;
  // How long running calls may take to finish on shutdown. Streams are ended at once.
  absl::Duration drain = absl::Seconds(10);
};

// What the adapter needs to enforce policies; each outlives the server.
struct ServerDependencies {
  auth::PassportVerifier* passports = nullptr;
  // Null if no method needs grants.
  GrantChecker* grants = nullptr;
  // For reads and for refused calls. Null if no method audits reads and refusals need no row.
  audit::ReadLog* reads = nullptr;
  // Null: calls are not counted.
  telemetry::Metrics* metrics = nullptr;
  const time::Clock* clock = nullptr;
};

// A gRPC server of plain handlers.
class Server {
 public:
  // FAILED_PRECONDITION, with a message for the operator, if a table is faulty, TLS files are
  // missing or do not fit, the port is taken, or a method needs a dependency that is null. `tables`
  // may go away afterwards.
  static absl::StatusOr<std::unique_ptr<Server>> Start(const ServerOptions& options,
                                                       const ServerDependencies& dependencies,
                                                       std::vector<MethodTable> tables);

  virtual ~Server() = default;

  virtual int port() const = 0;

  // What the health service answers.
  virtual void SetServing(bool serving) = 0;

  // Ends the streams whose callers may not go on, see open_streams.h.
  virtual void Take(const SessionEnding& ending) = 0;

  // Stops taking calls, ends streams with ServerEnding() (open_streams.h), lets the other calls
  // finish for at most `drain`, runs what is queued, ends. Repeating is harmless.
  virtual void Shutdown() = 0;
};

}  // namespace portal::rpc

#endif  // LIBS_RPC_SERVER_H_
