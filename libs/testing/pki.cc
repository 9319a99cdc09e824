#include "libs/testing/pki.h"

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <utility>

#include "openssl/err.h"
#include "openssl/evp.h"
#include "openssl/pem.h"
#include "openssl/x509.h"
#include "openssl/x509v3.h"

namespace portal::testing {
namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;
using File = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

void Require(bool ok) {
  if (ok) return;
  ERR_print_errors_fp(stderr);
  std::abort();
}

File Create(const std::filesystem::path& path) {
  File file(std::fopen(path.c_str(), "w"), std::fclose);
  Require(file != nullptr);
  return file;
}

Key NewKey() {
  Key key(EVP_EC_gen("P-256"), EVP_PKEY_free);
  Require(key != nullptr);
  return key;
}

void AddExtension(X509* certificate, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
  Require(extension != nullptr && X509_add_ext(certificate, extension, -1) == 1);
  X509_EXTENSION_free(extension);
}

// Without extensions and signature.
Certificate NewCertificate(const std::string& name, EVP_PKEY* key, int valid_days) {
  Certificate certificate(X509_new(), X509_free);
  X509* raw = certificate.get();
  static int serial = 0;
  Require(X509_set_version(raw, X509_VERSION_3) == 1);
  Require(ASN1_INTEGER_set(X509_get_serialNumber(raw), ++serial) == 1);
  constexpr int kDay = 24 * 60 * 60;
  Require(X509_gmtime_adj(X509_getm_notBefore(raw), -2 * kDay) != nullptr);
  Require(X509_gmtime_adj(X509_getm_notAfter(raw), valid_days * kDay) != nullptr);
  Require(X509_set_pubkey(raw, key) == 1);
  Require(X509_NAME_add_entry_by_txt(X509_get_subject_name(raw), "CN", MBSTRING_UTF8,
                                     reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1,
                                     0) == 1);
  return certificate;
}

}  // namespace

struct Pki::Authority {
  Key key = NewKey();
  Certificate certificate = NewCertificate("Portal test CA", key.get(), 2);

  void Sign(X509* subject) {
    Require(X509_set_issuer_name(subject, X509_get_subject_name(certificate.get())) == 1);
    Require(X509_sign(subject, key.get(), EVP_sha256()) > 0);
  }
};

Pki::Pki(std::filesystem::path folder)
    : folder_(std::move(folder)), authority_(std::make_unique<Authority>()) {
  std::filesystem::create_directories(folder_);
  X509* ca = authority_->certificate.get();
  AddExtension(ca, ca, NID_basic_constraints, "critical,CA:TRUE");
  AddExtension(ca, ca, NID_key_usage, "critical,keyCertSign");
  AddExtension(ca, ca, NID_subject_key_identifier, "hash");
  authority_->Sign(ca);
  Require(PEM_write_X509(Create(folder_ / "ca.pem").get(), ca) == 1);
}

Pki::~Pki() = default;

rpc::TlsFiles Pki::FilesOf(const std::string& service, int valid_days,
                           const std::string& trust_domain) {
  const std::filesystem::path base =
      folder_ / (service + "-" + trust_domain + "-" + std::to_string(valid_days));
  rpc::TlsFiles files{.certificate = base.string() + ".pem",
                      .key = base.string() + ".key.pem",
                      .ca = folder_ / "ca.pem"};
  if (std::filesystem::exists(files.certificate)) return files;
  const Key key = NewKey();
  const Certificate certificate = NewCertificate(service, key.get(), valid_days);
  AddExtension(
      certificate.get(), authority_->certificate.get(), NID_subject_alt_name,
      "URI:spiffe://" + trust_domain + "/service/" + service + ",DNS:localhost,IP:127.0.0.1");
  authority_->Sign(certificate.get());
  Require(PEM_write_X509(Create(files.certificate).get(), certificate.get()) == 1);
  Require(PEM_write_PrivateKey(Create(files.key).get(), key.get(), nullptr, nullptr, 0, nullptr,
                               nullptr) == 1);
  return files;
}

}  // namespace portal::testing
