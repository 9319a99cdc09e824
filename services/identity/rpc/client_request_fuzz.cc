#include "services/identity/rpc/client_request.h"

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "envoy/service/auth/v3/external_auth.pb.h"
#include "libs/testing/fuzz.h"

namespace portal::identity {

// Whatever headers a client sends: nobody has a session who shows none, and nothing that a page of
// another site can send with a cookie counts as ours. The input: a path, and headers in lines.
FUZZ_TARGET(input) {
  envoy::service::auth::v3::CheckRequest check;
  auto& http = *check.mutable_attributes()->mutable_request()->mutable_http();
  http.set_method("POST");
  const auto lines = std::vector<std::string>(absl::StrSplit(input, '\n'));
  http.set_path(lines[0]);
  for (size_t i = 1; i < lines.size(); ++i) {
    const std::pair<std::string, std::string> header =
        absl::StrSplit(lines[i], absl::MaxSplits(": ", 1));
    (*http.mutable_headers())[header.first] = header.second;
  }
  const absl::StatusOr<ClientRequest> request = ParseClientRequest(check);
  FUZZ_EXPECT(request.ok() == !lines[0].empty());
  if (!request.ok()) return;
  FUZZ_EXPECT(request->path.find_first_of("?#") == std::string::npos);
  const auto& headers = http.headers();
  if (headers.count("cookie") + headers.count("authorization") == 0) {
    FUZZ_EXPECT(request->tokens.empty());
  }
  if (request->has_session_cookie && headers.count("portal-client") == 0) {
    FUZZ_EXPECT(request->MayBeForged());
  }
}

}  // namespace portal::identity
