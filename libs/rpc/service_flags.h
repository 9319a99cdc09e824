#ifndef LIBS_RPC_SERVICE_FLAGS_H_
#define LIBS_RPC_SERVICE_FLAGS_H_

#include <string>

#include "absl/flags/declare.h"
#include "libs/db/pool.h"
#include "libs/rpc/server.h"

// Those without a default that makes sense.
ABSL_DECLARE_FLAG(std::string, listen_address);
ABSL_DECLARE_FLAG(std::string, tls_certificate);
ABSL_DECLARE_FLAG(std::string, tls_key);
ABSL_DECLARE_FLAG(std::string, tls_ca);
ABSL_DECLARE_FLAG(std::string, database_url);

// The flags every service has; `--flagfile` reads them from a file. Call after
// absl::ParseCommandLine.
namespace portal::rpc {

// --listen_address, --tls_*, --trust_domain, --reflection, --read_workers, --write_workers,
// --drain.
ServerOptions ServerOptionsFromFlags(const std::string& service);

// --database_url, --statement_timeout, --lock_timeout; one connection per worker.
db::PoolOptions PoolOptionsFromFlags(const std::string& service, const Executor::Options& executor);

}  // namespace portal::rpc

#endif  // LIBS_RPC_SERVICE_FLAGS_H_
