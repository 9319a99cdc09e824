#include "services/identity/domain/device.h"

#include <string>

#include "absl/strings/ascii.h"
#include "libs/testing/fuzz.h"
#include "services/identity/domain/limits.h"

namespace portal::identity {

// Whatever a client calls itself, people are shown one short line.
FUZZ_TARGET(user_agent) {
  const std::string name = DeviceName(user_agent);
  FUZZ_EXPECT(name.size() <= 4 * kMaxDeviceCharacters);
  for (const char letter : name) FUZZ_EXPECT(!absl::ascii_iscntrl(letter));
}

}  // namespace portal::identity
