#include "libs/service/runtime.h"

#include <csignal>
#include <cstdio>
#include <utility>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "libs/auth/peer.h"
#include "libs/rpc/ended_sessions.h"
#include "libs/rpc/service_flags.h"
#include "libs/status/status_macros.h"
#include "libs/telemetry/log.h"

ABSL_FLAG(std::string, admin_address, "",
          "Where /livez, /readyz and /metrics are served, plain HTTP.");
ABSL_FLAG(std::string, installation, "",
          "The installation's name: issuer and audience of passports.");
ABSL_FLAG(std::string, passport_public_keys, "",
          "Folder of <key-id>.pem: keys whose passports are accepted.");
ABSL_FLAG(std::string, sealing_keys, "",
          "Folder of <key-id>.key: seals outbox payloads, stored answers and page tokens.");
ABSL_FLAG(std::string, audit_signing_keys, "", "Folder of <key-id>.pem: signs audit checkpoints.");
ABSL_FLAG(std::string, audit_checkpoints, "", "File that audit checkpoints are appended to.");
ABSL_FLAG(std::string, identity_address, "",
          "host:port of identity, which tells whose streams are to be closed. Empty: streams end "
          "with their passports.");
ABSL_FLAG(absl::Duration, drain_delay, absl::ZeroDuration(),
          "Time between readiness off and the end of accepting calls: what load balancers need to "
          "notice.");
ABSL_FLAG(portal::telemetry::Severity, log_level, portal::telemetry::Severity::kInfo,
          "Least severity that is logged.");

namespace portal::service {
namespace {

// How often keys are read again and the database is looked at.
constexpr absl::Duration kLookInterval = absl::Seconds(2);
constexpr absl::Duration kDatabaseRetry = absl::Milliseconds(500);
// Read log, sealer, measuring of the outbox, pruning of request ids, the service's own pruning and
// its own looking around one each, and the relay's threads.
constexpr int kBackgroundConnections = 6 + outbox::RelayOptions().threads;

sigset_t EndSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  return signals;
}

// Whether the process was asked to end within `wait`.
bool AskedToEnd(absl::Duration wait) {
  const sigset_t signals = EndSignals();
  const timespec timeout = absl::ToTimespec(wait);
  return sigtimedwait(&signals, nullptr, &timeout) > 0;
}

void AwaitEndSignal() {
  const sigset_t signals = EndSignals();
  int signal;
  sigwait(&signals, &signal);
}

absl::Status RequireFlags(std::initializer_list<const absl::Flag<std::string>*> flags) {
  for (const absl::Flag<std::string>* flag : flags) {
    if (absl::GetFlag(*flag).empty()) {
      return absl::FailedPreconditionError(absl::StrCat("--", flag->Name(), " is missing"));
    }
  }
  return absl::OkStatus();
}

}  // namespace

Runtime::Runtime(RuntimeOptions options)
    : options_(std::move(options)),
      server_options_(rpc::ServerOptionsFromFlags(options_.name)),
      installation_(absl::GetFlag(FLAGS_installation)) {
  server_options_.executor.password = options_.password_lane;
}

Runtime::~Runtime() = default;

absl::StatusOr<std::unique_ptr<Runtime>> Runtime::Open(RuntimeOptions options) {
  RETURN_IF_ERROR(RequireFlags(
      {&FLAGS_listen_address, &FLAGS_admin_address, &FLAGS_database_url, &FLAGS_tls_certificate,
       &FLAGS_tls_key, &FLAGS_tls_ca, &FLAGS_installation, &FLAGS_passport_public_keys,
       &FLAGS_sealing_keys, &FLAGS_audit_signing_keys, &FLAGS_audit_checkpoints}));
  std::unique_ptr<Runtime> runtime(new Runtime(std::move(options)));
  RETURN_IF_ERROR(rpc::CheckTlsFiles(runtime->server_options_.tls).status());
  RETURN_IF_ERROR(runtime->LoadKeys());
  RETURN_IF_ERROR(runtime->OpenAdminPort());
  RETURN_IF_ERROR(runtime->OpenDatabase());
  return runtime;
}

absl::Status Runtime::LoadKeys() {
  ASSIGN_OR_RETURN(sealing_keys_, crypto::Keyring::Load(absl::GetFlag(FLAGS_sealing_keys)));
  ASSIGN_OR_RETURN(passport_keys_,
                   crypto::VerifyingKeyring::Load(absl::GetFlag(FLAGS_passport_public_keys)));
  ASSIGN_OR_RETURN(audit_keys_,
                   crypto::SigningKeyring::Load(absl::GetFlag(FLAGS_audit_signing_keys)));
  Watch("sealing_keys", *sealing_keys_);
  Watch("passport_public_keys", *passport_keys_);
  Watch("audit_signing_keys", *audit_keys_);
  sealer_ = std::make_unique<crypto::Sealer>(*sealing_keys_);
  outbox_ = std::make_unique<outbox::Outbox>(*sealing_keys_, clock());
  idempotency_ = std::make_unique<idempotency::Store>(*sealing_keys_, clock());
  passports_ = std::make_unique<auth::PassportVerifier>(*passport_keys_, installation_, clock());
  return absl::OkStatus();
}

absl::Status Runtime::OpenAdminPort() {
  ASSIGN_OR_RETURN(admin_,
                   telemetry::AdminServer::Start({.address = absl::GetFlag(FLAGS_admin_address),
                                                  .not_ready = [this] { return NotReady(); },
                                                  .metrics = &metrics_}));
  return absl::OkStatus();
}

absl::Status Runtime::OpenDatabase() {
  db::PoolOptions options = rpc::PoolOptionsFromFlags(options_.name, server_options_.executor);
  RETURN_IF_ERROR(AwaitDatabase());
  options_.add_schema(options);
  db::PoolOptions background = options;
  background.size = kBackgroundConnections;
  background.application_name = absl::StrCat(options_.name, " background");
  pool_ = std::make_unique<db::Pool>(std::move(options));
  background_pool_ = std::make_unique<db::Pool>(std::move(background));
  return absl::OkStatus();
}

absl::Status Runtime::AwaitDatabase() {
  const std::string conninfo =
      rpc::PoolOptionsFromFlags(options_.name, server_options_.executor).conninfo;
  for (;;) {
    const absl::Status status = db::RequireMigrations(conninfo, options_.migrations);
    if (!absl::IsUnavailable(status)) return status;
    telemetry::LogWarning("database_unavailable");
    if (AskedToEnd(kDatabaseRetry)) return absl::CancelledError("asked to end before the start");
  }
}

background::Next Runtime::Look() {
  database_healthy_ = pool_->Healthy();
  for (const auto& reload : reloads_) {
    const absl::Status status = reload();
    if (!status.ok()) telemetry::LogError("key_reload_failed", {{"error", status.message()}});
  }
  const absl::StatusOr<absl::Time> expiry = rpc::CheckTlsFiles(server_options_.tls);
  key_metrics_.TellCertificate(expiry);
  if (!expiry.ok()) {
    telemetry::LogError("tls_files_unusable", {{"error", expiry.status().message()}});
  }
  const db::PoolStats stats = pool_->Stats();
  metrics_.AddGauge("portal_db_connections", "Connections a handler may use.").Set(stats.size);
  metrics_.AddGauge("portal_db_connections_in_use", "Connections in use.").Set(stats.in_use);
  metrics_.AddGauge("portal_db_connections_lost", "Connections lost since the start.")
      .Set(stats.lost);
  return background::Next::kWait;
}

std::vector<std::string> Runtime::NotReady() const {
  std::vector<std::string> waiting_for;
  if (!serving_) waiting_for.push_back("server");
  if (!database_healthy_) waiting_for.push_back("database");
  return waiting_for;
}

std::shared_ptr<grpc::Channel> Runtime::ChannelTo(const std::string& service,
                                                  const std::string& address) const {
  return rpc::ServiceChannel(address, auth::ServiceUri(server_options_.trust_domain, service),
                             server_options_.tls);
}

absl::StatusOr<std::unique_ptr<rpc::Server>> Runtime::StartServer(
    std::vector<rpc::MethodTable> tables, rpc::GrantChecker* grants, audit::ReadLog* reads) {
  return rpc::Server::Start(server_options_,
                            {.passports = passports_.get(),
                             .grants = grants,
                             .reads = reads,
                             .metrics = &metrics_,
                             .clock = &clock()},
                            std::move(tables));
}

absl::Status Runtime::Serve(std::vector<rpc::MethodTable> tables,
                            std::map<std::string, outbox::Route> routes,
                            rpc::GrantChecker* grants) {
  ASSIGN_OR_RETURN(const std::unique_ptr<audit::Sealer> audit_sealer,
                   audit::Sealer::Open(*background_pool_, *audit_keys_, clock(), metrics_,
                                       {.trail = options_.name,
                                        .checkpoints = absl::GetFlag(FLAGS_audit_checkpoints)}));
  audit::ReadLog reads(*background_pool_, clock());
  outbox::Relay relay(*background_pool_, *outbox_, metrics_, std::move(routes), options_.relay);
  const idempotency::Pruner pruner(*background_pool_, *idempotency_);
  ASSIGN_OR_RETURN(const std::unique_ptr<rpc::Server> server,
                   StartServer(std::move(tables), grants, &reads));
  std::unique_ptr<rpc::EndedSessionsWatcher> ended_sessions;
  if (const std::string identity = absl::GetFlag(FLAGS_identity_address); !identity.empty()) {
    ended_sessions = std::make_unique<rpc::EndedSessionsWatcher>(
        ChannelTo("identity", identity),
        [&server](const rpc::SessionEnding& ending) { server->Take(ending); }, metrics_);
  }
  audit_sealer->Start();
  relay.Start();
  background::Loop look(kLookInterval, [this] { return Look(); });
  TakeCallsUntilAskedToEnd(*server);
  relay.Stop();
  reads.Stop();
  audit_sealer->Stop();
  look.Stop();
  admin_->Stop();
  telemetry::LogInfo("server_stopped");
  return absl::OkStatus();
}

void Runtime::TakeCallsUntilAskedToEnd(rpc::Server& server) {
  serving_ = true;
  telemetry::LogInfo("server_started", {{"port", server.port()}, {"admin_port", admin_->port()}});
  AwaitEndSignal();
  telemetry::LogInfo("server_draining");
  serving_ = false;
  server.SetServing(false);
  AskedToEnd(absl::GetFlag(FLAGS_drain_delay));  // a second signal cuts the delay short
  server.Shutdown();
}

int Main(const std::string& name, int argc, char** argv, absl::Status (*run)()) {
  absl::SetProgramUsageMessage(
      absl::StrCat("The ", name, " service; see services/", name, "/README.md."));
  absl::ParseCommandLine(argc, argv);
  // Debian's Abseil looks for deadlocks at each lock of gRPC's; that is for those who develop gRPC.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  // Before any thread starts: all inherit it, and the signals stay for AwaitEndSignal().
  const sigset_t signals = EndSignals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  telemetry::InitLogging({.service = name, .minimum = absl::GetFlag(FLAGS_log_level)});
  const absl::Status status = run();
  if (status.ok() || absl::IsCancelled(status)) return 0;
  telemetry::LogError("start_failed", {{"error", status.message()}});
  std::fprintf(stderr, "%s: %s\n", name.c_str(), std::string(status.message()).c_str());
  return 1;
}

}  // namespace portal::service
