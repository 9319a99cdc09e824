#include "services/identity/domain/device.h"

#include <string>

#include "libs/testing/fuzz.h"
#include "libs/text/text.h"
#include "services/identity/domain/limits.h"

namespace portal::identity {

// Whatever a client calls itself, people are shown one short line.
FUZZ_TARGET(user_agent) {
  const std::string name = DeviceName(user_agent);
  // As messaging wants it in a notice.
  FUZZ_EXPECT(text::CharacterCount(name) <= kMaxDeviceCharacters);
  FUZZ_EXPECT(!text::HasControlCharacter(name, text::Lines::kOne));
}

}  // namespace portal::identity
