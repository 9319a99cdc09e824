#include "libs/id/uuid.h"

#include <optional>

#include "libs/testing/fuzz.h"

namespace portal::id {

// An id has one spelling: what is accepted is what would be written.
FUZZ_TARGET(text) {
  const std::optional<Uuid> uuid = Uuid::Parse(text);
  if (uuid.has_value()) FUZZ_EXPECT(uuid->ToString() == text);
}

}  // namespace portal::id
