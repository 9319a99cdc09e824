#ifndef LIBS_TESTING_RPC_HARNESS_H_
#define LIBS_TESTING_RPC_HARNESS_H_

#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "grpcpp/channel.h"
#include "grpcpp/client_context.h"
#include "libs/auth/passport.h"
#include "libs/auth/passport_token.h"
#include "libs/crypto/keyring.h"
#include "libs/crypto/sealer.h"
#include "libs/rpc/grant_checker.h"
#include "libs/rpc/server.h"
#include "libs/rpc/status_conversion.h"
#include "libs/testing/pki.h"
#include "libs/time/clock.h"

namespace portal::testing {

// One service's real server in the test's process: mutual TLS, passports, policies, executor, all
// as in production; only the keys are the test's own. Start() it with the tables under test, then
// call it through Channel().
class RpcHarness {
 public:
  // `service`: the name in the server's certificate. Everything is kept in a folder of its own
  // under the test's temporary folder, which goes away with the harness.
  explicit RpcHarness(std::string service, const time::Clock& clock = time::SystemClock());
  ~RpcHarness();

  // Adjust before Start().
  rpc::ServerOptions& options() { return options_; }

  absl::Status Start(std::vector<rpc::MethodTable> tables, rpc::GrantChecker* grants = nullptr,
                     audit::ReadLog* reads = nullptr);
  rpc::Server& server() { return *server_; }
  void Shutdown() { server_->Shutdown(); }

  // A channel as `service` opens it, with that service's certificate. One connection for each call
  // of this.
  std::shared_ptr<grpc::Channel> Channel(const std::string& service = "gateway");
  Pki& pki() { return *pki_; }
  std::string address() const;     // of the server
  std::string server_uri() const;  // what its certificate says

  // Keys of the right form, for what is under test: sealing, peppers, signing.
  const crypto::Keyring& keyring() const { return *keyring_; }
  const crypto::Sealer& sealer() const { return *sealer_; }
  // Accepts what Passport() makes.
  auth::PassportVerifier& passports() const { return *verifier_; }
  // Folder with one more Ed25519 private key, for audit::Sealer and the like.
  std::filesystem::path signing_keys() const { return folder_ / "secret"; }
  std::filesystem::path public_keys() const { return folder_ / "public"; }
  std::filesystem::path symmetric_keys() const { return folder_ / "symmetric"; }
  std::filesystem::path folder() const { return folder_; }

  // A passport as identity would issue it now; the session is made up.
  std::string Passport(const id::AccountId& account_id,
                       std::vector<auth::ClinicMembership> memberships = {},
                       const std::string& display_name = "") const;

  // The same of a service account, whose id is `account_id`.
  std::string ServiceAccountPassport(const id::AccountId& account_id,
                                     const auth::ServiceAccount& service_account) const;

  static constexpr char kInstallation[] = "portal.test";

 private:
  const time::Clock& clock_;
  std::filesystem::path folder_;
  std::unique_ptr<Pki> pki_;
  std::unique_ptr<crypto::SigningKeyring> signing_;
  std::unique_ptr<crypto::VerifyingKeyring> verifying_;
  std::unique_ptr<crypto::Keyring> keyring_;
  std::unique_ptr<crypto::Sealer> sealer_;
  std::unique_ptr<auth::PassportIssuer> issuer_;
  std::unique_ptr<auth::PassportVerifier> verifier_;
  rpc::ServerOptions options_;
  std::unique_ptr<rpc::Server> server_;
};

// A client context with a passport (none when empty) and a deadline long enough for a loaded test
// machine.
class Caller {
 public:
  explicit Caller(const std::string& passport = "", absl::Duration deadline = absl::Seconds(20));
  operator grpc::ClientContext*() { return &context_; }  // as stubs take it
  grpc::ClientContext& context() { return context_; }

 private:
  grpc::ClientContext context_;
};

// Grants as the test says, in place of access_code. OK for pairs in `granted`, otherwise
// PATIENT_NOT_FOUND, or `failure` for all if it is not OK. Thread-safe.
class FakeGrantChecker : public rpc::GrantChecker {
 public:
  void Grant(const id::AccountId& account_id, const id::PatientId& patient_id);
  void Revoke(const id::AccountId& account_id, const id::PatientId& patient_id);
  void Fail(absl::Status failure);
  // Runs before each answer, on the asking thread.
  void BeforeAnswer(std::function<void()> hook);

  void Check(const rpc::Context& context, std::function<void(absl::Status)> done) override;

 private:
  std::mutex mutex_;
  std::set<std::pair<id::AccountId, id::PatientId>> granted_;
  absl::Status failure_;
  std::function<void()> hook_;
};

}  // namespace portal::testing

#endif  // LIBS_TESTING_RPC_HARNESS_H_
