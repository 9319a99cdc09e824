#include <string>

#include "absl/strings/match.h"
#include "absl/strings/strip.h"
#include "libs/testing/fuzz.h"
#include "services/access_code/storage/attempt_ledger.h"

namespace portal::access_code {

// However an address is written, it is counted under one name; what is none has none.
FUZZ_TARGET(address) {
  const std::string network = NetworkOf(address);
  if (network.empty()) return;
  FUZZ_EXPECT(network.size() <= 48);
  FUZZ_EXPECT(network.find_first_not_of("0123456789abcdef.:/") == std::string::npos);
  FUZZ_EXPECT(NetworkOf(absl::StripSuffix(network, "/64")) == network);
  FUZZ_EXPECT(absl::EndsWith(network, "/64") == (network.find(':') != std::string::npos));
}

}  // namespace portal::access_code
