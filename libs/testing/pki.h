#ifndef LIBS_TESTING_PKI_H_
#define LIBS_TESTING_PKI_H_

#include <filesystem>
#include <string>

#include "libs/rpc/tls.h"

namespace portal::testing {

// The trust domain that test certificates are of.
inline constexpr char kTrustDomain[] = "portal.test";

// A certificate authority in a folder, and certificates of services as an installation has them.
// Any failure aborts.
class Pki {
 public:
  // Makes `folder`/ca.pem with a new key, which stays in memory.
  explicit Pki(std::filesystem::path folder);
  ~Pki();
  Pki(const Pki&) = delete;
  Pki& operator=(const Pki&) = delete;

  // Files of a certificate for spiffe://<trust_domain>/service/<service>, localhost and 127.0.0.1;
  // made when first asked for. `valid_days` below zero: expired.
  rpc::TlsFiles FilesOf(const std::string& service, int valid_days = 1,
                        const std::string& trust_domain = kTrustDomain);

 private:
  struct Authority;
  const std::filesystem::path folder_;
  std::unique_ptr<Authority> authority_;
};

}  // namespace portal::testing

#endif  // LIBS_TESTING_PKI_H_
