#include "libs/rpc/service_flags.h"

#include "absl/flags/flag.h"
#include "absl/strings/str_cat.h"

ABSL_FLAG(std::string, listen_address, "", "Where gRPC is served, host:port.");
ABSL_FLAG(std::string, tls_certificate, "",
          "PEM certificate of this service; read again when changed.");
ABSL_FLAG(std::string, tls_key, "", "PEM private key of the certificate.");
ABSL_FLAG(std::string, tls_ca, "", "PEM certificates of the CAs whose services are trusted.");
ABSL_FLAG(std::string, trust_domain, "portal.local",
          "Peers' certificates name spiffe://<trust_domain>/service/<name>.");
ABSL_FLAG(bool, reflection, false, "Answer server reflection; for development.");
ABSL_FLAG(int, read_workers, 4, "Threads, and database connections, for reads.");
ABSL_FLAG(int, write_workers, 8, "Threads, and database connections, for changes.");
ABSL_FLAG(int, queued_calls, 1000, "Calls waiting in each lane before further ones are refused.");
ABSL_FLAG(absl::Duration, max_deadline, absl::Seconds(5), "Longest a call may take.");
ABSL_FLAG(absl::Duration, drain, absl::Seconds(10), "Longest running calls may take at shutdown.");
ABSL_FLAG(std::string, database_url, "", "libpq connection string of the service's database.");
ABSL_FLAG(absl::Duration, statement_timeout, absl::Seconds(3), "Longest run of one statement.");
ABSL_FLAG(absl::Duration, lock_timeout, absl::Seconds(1), "Longest wait for one lock.");

namespace portal::rpc {

ServerOptions ServerOptionsFromFlags(const std::string& service) {
  const auto capacity = static_cast<size_t>(absl::GetFlag(FLAGS_queued_calls));
  ServerOptions options;
  options.service = service;
  options.listen_address = absl::GetFlag(FLAGS_listen_address);
  options.tls = {.certificate = absl::GetFlag(FLAGS_tls_certificate),
                 .key = absl::GetFlag(FLAGS_tls_key),
                 .ca = absl::GetFlag(FLAGS_tls_ca)};
  options.trust_domain = absl::GetFlag(FLAGS_trust_domain);
  options.reflection = absl::GetFlag(FLAGS_reflection);
  options.executor.read = {.workers = absl::GetFlag(FLAGS_read_workers), .capacity = capacity};
  options.executor.write = {.workers = absl::GetFlag(FLAGS_write_workers), .capacity = capacity};
  options.max_deadline = absl::GetFlag(FLAGS_max_deadline);
  options.drain = absl::GetFlag(FLAGS_drain);
  return options;
}

db::PoolOptions PoolOptionsFromFlags(const std::string& service,
                                     const Executor::Options& executor) {
  db::PoolOptions options;
  options.conninfo = absl::GetFlag(FLAGS_database_url);
  options.application_name = service;
  options.size = Executor::Workers(executor);
  options.statement_timeout = absl::GetFlag(FLAGS_statement_timeout);
  options.lock_timeout = absl::GetFlag(FLAGS_lock_timeout);
  return options;
}

}  // namespace portal::rpc
