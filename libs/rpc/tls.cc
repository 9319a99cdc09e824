#include "libs/rpc/tls.h"

#include <cstdio>
#include <ctime>
#include <functional>
#include <map>
#include <mutex>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "grpcpp/security/tls_certificate_provider.h"
#include "grpcpp/security/tls_certificate_verifier.h"
#include "grpcpp/security/tls_credentials_options.h"
#include "openssl/pem.h"
#include "openssl/x509.h"

namespace portal::rpc {
namespace {

using grpc::experimental::ExternalCertificateVerifier;
using grpc::experimental::FileWatcherCertificateProvider;
using grpc::experimental::TlsCustomVerificationCheckRequest;

// How often gRPC looks whether the files changed.
constexpr unsigned kRefreshSeconds = 1;

using File = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;
using PrivateKey = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

absl::Status Unusable(const std::string& path, absl::string_view why) {
  return absl::FailedPreconditionError(absl::StrCat(path, ": ", why));
}

absl::StatusOr<Certificate> ReadCertificate(const std::string& path) {
  File file(std::fopen(path.c_str(), "r"), std::fclose);
  if (file == nullptr) return Unusable(path, "cannot be read");
  Certificate certificate(PEM_read_X509(file.get(), nullptr, nullptr, nullptr), X509_free);
  if (certificate == nullptr) return Unusable(path, "is not a PEM certificate");
  return certificate;
}

absl::StatusOr<PrivateKey> ReadPrivateKey(const std::string& path) {
  File file(std::fopen(path.c_str(), "r"), std::fclose);
  if (file == nullptr) return Unusable(path, "cannot be read");
  PrivateKey key(PEM_read_PrivateKey(file.get(), nullptr, nullptr, nullptr), EVP_PKEY_free);
  if (key == nullptr) return Unusable(path, "is not a PEM private key");
  return key;
}

// One for all servers and channels that use the same files: they take up new ones together, so that
// a certificate that is seen to be served tells what the channels use and trust as well.
std::shared_ptr<FileWatcherCertificateProvider> Watch(const TlsFiles& files) {
  static std::mutex mutex;
  static auto& watchers = *new std::map<std::tuple<std::string, std::string, std::string>,
                                        std::weak_ptr<FileWatcherCertificateProvider>>();
  std::lock_guard lock(mutex);
  auto& watcher = watchers[{files.key, files.certificate, files.ca}];
  std::shared_ptr<FileWatcherCertificateProvider> shared = watcher.lock();
  if (shared == nullptr) {
    shared = std::make_shared<FileWatcherCertificateProvider>(files.key, files.certificate,
                                                              files.ca, kRefreshSeconds);
    watcher = shared;
  }
  return shared;
}

// Runs after the chain of the certificate was verified.
class ServerIs final : public ExternalCertificateVerifier {
 public:
  explicit ServerIs(std::string uri) : uri_(std::move(uri)) {}

  bool Verify(TlsCustomVerificationCheckRequest* request,
              std::function<void(grpc::Status)> /*callback*/, grpc::Status* outcome) override {
    const std::vector<grpc::string_ref> uris = request->uri_names();
    if (uris.size() != 1 || uris[0] != uri_) {
      *outcome = grpc::Status(grpc::StatusCode::UNAUTHENTICATED,
                              absl::StrCat("the server's certificate is not of ", uri_));
    }
    return true;  // decided at once
  }

  void Cancel(TlsCustomVerificationCheckRequest* /*request*/) override {}

 private:
  const std::string uri_;
};

}  // namespace

absl::StatusOr<absl::Time> CheckTlsFiles(const TlsFiles& files) {
  const absl::StatusOr<Certificate> ca = ReadCertificate(files.ca);
  if (!ca.ok()) return ca.status();
  const absl::StatusOr<Certificate> certificate = ReadCertificate(files.certificate);
  if (!certificate.ok()) return certificate.status();
  const absl::StatusOr<PrivateKey> key = ReadPrivateKey(files.key);
  if (!key.ok()) return key.status();
  if (X509_check_private_key(certificate->get(), key->get()) != 1) {
    return Unusable(files.key, absl::StrCat("is not the key of ", files.certificate));
  }
  const ASN1_TIME* const not_after = X509_get0_notAfter(certificate->get());
  if (X509_cmp_current_time(not_after) <= 0) return Unusable(files.certificate, "has expired");
  std::tm expiry;
  ASN1_TIME_to_tm(not_after, &expiry);
  return absl::FromTM(expiry, absl::UTCTimeZone());
}

std::shared_ptr<grpc::ServerCredentials> ServerCredentials(const TlsFiles& files) {
  grpc::experimental::TlsServerCredentialsOptions options(Watch(files));
  options.watch_root_certs();
  options.watch_identity_key_cert_pairs();
  options.set_cert_request_type(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  return grpc::experimental::TlsServerCredentials(options);
}

std::shared_ptr<grpc::ChannelCredentials> ChannelCredentials(const TlsFiles& files,
                                                             const std::string& server_uri) {
  grpc::experimental::TlsChannelCredentialsOptions options;
  options.set_certificate_provider(Watch(files));
  options.set_certificate_verifier(ExternalCertificateVerifier::Create<ServerIs>(server_uri));
  options.set_check_call_host(false);
  options.watch_root_certs();
  options.watch_identity_key_cert_pairs();
  return grpc::experimental::TlsCredentials(options);
}

}  // namespace portal::rpc
