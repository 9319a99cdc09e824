#include "libs/auth/peer.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace portal::auth {

std::string ServiceUri(absl::string_view trust_domain, absl::string_view service) {
  return absl::StrCat("spiffe://", trust_domain, "/service/", service);
}

std::string PeerService(const grpc::AuthContext& context, absl::string_view trust_domain) {
  if (!context.IsPeerAuthenticated()) return "";
  const std::vector<grpc::string_ref> uris = context.FindPropertyValues("peer_uri");
  if (uris.size() != 1) return "";
  absl::string_view name(uris[0].data(), uris[0].size());
  if (!absl::ConsumePrefix(&name, ServiceUri(trust_domain, ""))) return "";
  if (name.find('/') != absl::string_view::npos) return "";
  return std::string(name);
}

}  // namespace portal::auth
