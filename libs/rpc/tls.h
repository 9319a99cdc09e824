#ifndef LIBS_RPC_TLS_H_
#define LIBS_RPC_TLS_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "grpcpp/channel.h"
#include "grpcpp/security/credentials.h"
#include "grpcpp/security/server_credentials.h"

namespace portal::rpc {

// PEM files of one service. Read again within seconds when they change, for new connections; open
// ones go on. Replace certificate and key together, by swapping a symbolic link to their folder. A
// CA is rolled as a bundle of both.
struct TlsFiles {
  std::string certificate;
  std::string key;
  std::string ca;
};

// Until when the certificate is valid. FAILED_PRECONDITION with a message for the operator if a
// file is missing or unreadable, the certificate is not the key's or has expired: gRPC itself
// starts without complaint and refuses every connection later.
absl::StatusOr<absl::Time> CheckTlsFiles(const TlsFiles& files);

// Mutual TLS: the client must show a certificate of the CA.
std::shared_ptr<grpc::ServerCredentials> ServerCredentials(const TlsFiles& files);

// Mutual TLS: the server must show a certificate of the CA whose only URI SAN is `server_uri` (see
// auth::ServiceUri). Host names are not compared: a service may be reached under any address, and
// holding an address or another service's key is not enough to pose as it.
std::shared_ptr<grpc::ChannelCredentials> ChannelCredentials(const TlsFiles& files,
                                                             const std::string& server_uri);

}  // namespace portal::rpc

#endif  // LIBS_RPC_TLS_H_
