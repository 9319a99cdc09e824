#ifndef LIBS_SERVICE_RUNTIME_H_
#define LIBS_SERVICE_RUNTIME_H_

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/audit/read_log.h"
#include "libs/audit/sealer.h"
#include "libs/auth/passport_token.h"
#include "libs/background/loop.h"
#include "libs/crypto/keyring.h"
#include "libs/crypto/sealer.h"
#include "libs/crypto/signing.h"
#include "libs/db/migrations.h"
#include "libs/db/pool.h"
#include "libs/idempotency/store.h"
#include "libs/outbox/outbox.h"
#include "libs/outbox/relay.h"
#include "libs/rpc/channel.h"
#include "libs/rpc/executor.h"
#include "libs/rpc/grant_checker.h"
#include "libs/rpc/method_table.h"
#include "libs/rpc/server.h"
#include "libs/service/key_metrics.h"
#include "libs/telemetry/admin_server.h"
#include "libs/telemetry/metrics.h"
#include "libs/time/clock.h"

// What every service's process consists of besides its own rules, in the order it comes up and goes
// down. A service's main opens a Runtime, makes its handlers from it and serves them.
namespace portal::service {

struct RuntimeOptions {
  // In logs, metrics, certificates and database connections.
  std::string name;
  // rpc::Lane::kPassword; no workers if no method hashes passwords.
  rpc::WorkQueue::Options password_lane = {.workers = 0};
  // Adds the service's statements and constraint errors to a pool's options.
  std::function<void(db::PoolOptions&)> add_schema;
  // What must be deployed in its database.
  std::vector<db::MigrationNeeds> migrations;
  // How its outbox is delivered; the number of threads stays as it is.
  outbox::RelayOptions relay = {};
};

class Runtime {
 public:
  // Reads the flags (see runtime.cc), checks files and keys, opens the admin port and waits until
  // the database is there and migrated. An error is for the operator: which flag is missing, which
  // file or change is wrong, in one line. CANCELLED: asked to end meanwhile.
  static absl::StatusOr<std::unique_ptr<Runtime>> Open(RuntimeOptions options);
  ~Runtime();

  const time::Clock& clock() const { return time::SystemClock(); }
  telemetry::Metrics& metrics() { return metrics_; }
  // One connection for each worker; for handlers.
  db::Pool& pool() { return *pool_; }
  // For what runs beside the calls, so that no worker waits for it.
  db::Pool& background_pool() { return *background_pool_; }
  // For keys of the service's own, each through an HMAC with a label of its own.
  const crypto::Keyring& sealing_keys() const { return *sealing_keys_; }
  auth::PassportVerifier& passports() { return *passports_; }
  // For page tokens and the like.
  const crypto::Sealer& sealer() const { return *sealer_; }
  outbox::Outbox& outbox() { return *outbox_; }
  const idempotency::Store& idempotency() const { return *idempotency_; }
  // Issuer and audience of passports.
  const std::string& installation() const { return installation_; }
  // A channel to `service`, which must prove by its certificate that it is that service.
  std::shared_ptr<grpc::Channel> ChannelTo(const std::string& service,
                                           const std::string& address) const;

  // Reads `keyring` again from time to time, so that keys are rotated without a restart, and tells
  // in metrics which keys it holds: `ring` is the flag that names its folder. It outlives the
  // runtime's Serve().
  template <typename Keyring>
  void Watch(const std::string& ring, Keyring& keyring) {
    reloads_.push_back([this, ring, &keyring] {
      const absl::Status status = keyring.Reload();
      key_metrics_.Tell(ring, keyring.Snapshot()->ids(), status.ok());
      return status;
    });
    key_metrics_.Tell(ring, keyring.Snapshot()->ids(), /*usable=*/true);
  }

  // Serves until the process is asked to end, then drains: readiness off, running calls finished,
  // outbox and audit flushed. Returns why it could not start, or OK. What `tables` and `routes`
  // refer to outlives this call.
  absl::Status Serve(std::vector<rpc::MethodTable> tables,
                     std::map<std::string, outbox::Route> routes,
                     rpc::GrantChecker* grants = nullptr);

 private:
  explicit Runtime(RuntimeOptions options);

  absl::Status LoadKeys();
  absl::Status OpenAdminPort();
  absl::Status OpenDatabase();
  absl::Status AwaitDatabase();
  absl::StatusOr<std::unique_ptr<rpc::Server>> StartServer(std::vector<rpc::MethodTable> tables,
                                                           rpc::GrantChecker* grants,
                                                           audit::ReadLog* reads);
  void TakeCallsUntilAskedToEnd(rpc::Server& server);
  background::Next Look();
  std::vector<std::string> NotReady() const;

  const RuntimeOptions options_;
  rpc::ServerOptions server_options_;
  std::string installation_;
  telemetry::Metrics metrics_;
  KeyMetrics key_metrics_{metrics_};

  std::unique_ptr<crypto::Keyring> sealing_keys_;
  std::unique_ptr<crypto::VerifyingKeyring> passport_keys_;
  std::unique_ptr<crypto::SigningKeyring> audit_keys_;
  std::unique_ptr<crypto::Sealer> sealer_;
  std::unique_ptr<outbox::Outbox> outbox_;
  std::unique_ptr<idempotency::Store> idempotency_;
  std::unique_ptr<auth::PassportVerifier> passports_;
  std::vector<std::function<absl::Status()>> reloads_;

  std::unique_ptr<db::Pool> pool_;
  std::unique_ptr<db::Pool> background_pool_;
  std::atomic<bool> database_healthy_ = false;
  std::atomic<bool> serving_ = false;
  std::unique_ptr<telemetry::AdminServer> admin_;
};

// A main function: parses the flags, sets up the log, runs `run`, and reports its error as one line
// on standard error and in the log. Returns the exit status.
int Main(const std::string& name, int argc, char** argv, absl::Status (*run)());

}  // namespace portal::service

#endif  // LIBS_SERVICE_RUNTIME_H_
