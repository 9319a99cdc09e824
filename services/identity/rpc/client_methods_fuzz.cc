#include "services/identity/rpc/client_methods.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "libs/testing/fuzz.h"
#include "portal/contracts.h"

namespace portal::identity {

// No path that is written in a roundabout way is one that clients are offered. The input: an HTTP
// method and a path, separated by a space.
FUZZ_TARGET(input) {
  static const ClientMethods* const methods =
      new ClientMethods(ClientMethods::Read(kContracts).value());
  const std::pair<absl::string_view, absl::string_view> request =
      absl::StrSplit(input, absl::MaxSplits(' ', 1));
  const ClientMethods::Method* found = methods->Find(request.first, request.second);
  if (found == nullptr) return;
  FUZZ_EXPECT(absl::StartsWith(request.second, "/"));
  FUZZ_EXPECT(!absl::StrContains(request.second, "//"));
  FUZZ_EXPECT(!absl::StrContains(request.second, "/../"));
  FUZZ_EXPECT(!absl::StrContains(request.second, "/./"));
  FUZZ_EXPECT(!absl::EndsWith(request.second, "/"));
}

}  // namespace portal::identity
