#include "libs/testing/rpc_harness.h"

#include <cstdlib>
#include <fstream>

#include "absl/time/clock.h"
#include "libs/auth/peer.h"
#include "libs/crypto/random.h"
#include "libs/rpc/channel.h"
#include "openssl/evp.h"
#include "openssl/pem.h"

namespace portal::testing {
namespace {

constexpr char kKeyId[] = "k20260101T000000";

[[noreturn]] void Die(const std::string& what) {
  std::fprintf(stderr, "RpcHarness: %s\n", what.c_str());
  std::abort();
}

template <typename T>
T Value(absl::StatusOr<T> value) {
  if (!value.ok()) Die(value.status().ToString());
  return *std::move(value);
}

std::filesystem::path NewFolder() {
  const char* root = std::getenv("TEST_TMPDIR");
  std::string pattern = std::string(root == nullptr ? "/tmp" : root) + "/rpc-XXXXXX";
  if (mkdtemp(pattern.data()) == nullptr) Die("no temporary folder");
  return pattern;
}

std::string Base64OfRandomKey() {
  const std::string bytes = crypto::RandomBytes(32);
  std::string text(64, '\0');
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                   reinterpret_cast<const unsigned char*>(bytes.data()),
                                   static_cast<int>(bytes.size()));
  text.resize(size);
  return text + "\n";
}

void WriteSigningKey(const std::filesystem::path& secret, const std::filesystem::path& open) {
  EVP_PKEY* key = EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
  std::FILE* file = std::fopen(secret.c_str(), "w");
  if (key == nullptr || file == nullptr ||
      PEM_write_PrivateKey(file, key, nullptr, nullptr, 0, nullptr, nullptr) != 1) {
    Die("no signing key");
  }
  std::fclose(file);
  file = std::fopen(open.c_str(), "w");
  if (file == nullptr || PEM_write_PUBKEY(file, key) != 1) Die("no public key");
  std::fclose(file);
  EVP_PKEY_free(key);
}

}  // namespace

RpcHarness::RpcHarness(std::string service, const time::Clock& clock)
    : clock_(clock), folder_(NewFolder()), pki_(std::make_unique<Pki>(folder_ / "tls")) {
  for (const auto& folder : {signing_keys(), public_keys(), symmetric_keys()}) {
    std::filesystem::create_directories(folder);
  }
  const std::string key_file = std::string(kKeyId) + ".pem";
  WriteSigningKey(signing_keys() / key_file, public_keys() / key_file);
  std::ofstream(symmetric_keys() / (std::string(kKeyId) + ".key")) << Base64OfRandomKey();
  signing_ = Value(crypto::SigningKeyring::Load(signing_keys()));
  verifying_ = Value(crypto::VerifyingKeyring::Load(public_keys()));
  keyring_ = Value(crypto::Keyring::Load(symmetric_keys()));
  sealer_ = std::make_unique<crypto::Sealer>(*keyring_);
  issuer_ = std::make_unique<auth::PassportIssuer>(*signing_, kInstallation);
  verifier_ = std::make_unique<auth::PassportVerifier>(*verifying_, kInstallation, clock_);
  options_.service = service;
  options_.listen_address = "127.0.0.1:0";
  options_.tls = pki_->FilesOf(service);
  options_.trust_domain = kTrustDomain;
  options_.executor.password = {.workers = 1, .capacity = 100};
  options_.drain = absl::Seconds(5);
}

RpcHarness::~RpcHarness() {
  server_.reset();
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

absl::Status RpcHarness::Start(std::vector<rpc::MethodTable> tables, rpc::GrantChecker* grants,
                               audit::ReadLog* reads) {
  auto server = rpc::Server::Start(
      options_, {.passports = verifier_.get(), .grants = grants, .reads = reads, .clock = &clock_},
      std::move(tables));
  if (!server.ok()) return server.status();
  server_ = *std::move(server);
  return absl::OkStatus();
}

std::shared_ptr<grpc::Channel> RpcHarness::Channel(const std::string& service) {
  return rpc::ServiceChannel(address(), server_uri(), pki_->FilesOf(service));
}

std::string RpcHarness::address() const { return "localhost:" + std::to_string(server_->port()); }

std::string RpcHarness::server_uri() const {
  return auth::ServiceUri(kTrustDomain, options_.service);
}

std::string RpcHarness::Passport(const id::AccountId& account_id,
                                 std::vector<auth::ClinicMembership> memberships,
                                 const std::string& display_name) const {
  return issuer_->Issue({.account_id = account_id,
                         .session_id = id::SessionId::New(clock_),
                         .display_name = display_name,
                         .memberships = std::move(memberships),
                         .issued_at = clock_.Now(),
                         .expires_at = clock_.Now() + auth::kPassportLifetime});
}

std::string RpcHarness::ServiceAccountPassport(const id::AccountId& account_id,
                                               const auth::ServiceAccount& service_account) const {
  return issuer_->Issue({.account_id = account_id,
                         .session_id = id::SessionId::New(clock_),
                         .display_name = "A service account",
                         .service_account = service_account,
                         .issued_at = clock_.Now(),
                         .expires_at = clock_.Now() + auth::kPassportLifetime});
}

Caller::Caller(const std::string& passport, absl::Duration deadline) {
  if (!passport.empty()) context_.AddMetadata(rpc::kPassportKey, passport);
  context_.set_deadline(absl::ToChronoTime(absl::Now() + deadline));
}

void FakeGrantChecker::Grant(const id::AccountId& account_id, const id::PatientId& patient_id) {
  std::lock_guard lock(mutex_);
  granted_.emplace(account_id, patient_id);
}

void FakeGrantChecker::Revoke(const id::AccountId& account_id, const id::PatientId& patient_id) {
  std::lock_guard lock(mutex_);
  granted_.erase({account_id, patient_id});
}

void FakeGrantChecker::Fail(absl::Status failure) {
  std::lock_guard lock(mutex_);
  failure_ = std::move(failure);
}

void FakeGrantChecker::BeforeAnswer(std::function<void()> hook) {
  std::lock_guard lock(mutex_);
  hook_ = std::move(hook);
}

void FakeGrantChecker::Check(const rpc::Context& context, std::function<void(absl::Status)> done) {
  std::function<void()> hook;
  {
    std::lock_guard lock(mutex_);
    hook = hook_;
  }
  if (hook) hook();
  absl::Status answer;
  {
    std::lock_guard lock(mutex_);
    if (!failure_.ok()) {
      answer = failure_;
    } else if (!granted_.contains({context.account_id(), context.patient_id()})) {
      answer = rpc::PatientNotFound();
    }
  }
  done(std::move(answer));
}

}  // namespace portal::testing
