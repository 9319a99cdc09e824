#include "services/messaging/mail/message.h"

#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "libs/id/uuid.h"
#include "libs/testing/fuzz.h"

namespace portal::messaging {
namespace {

constexpr char kEventId[] = "019c1f5e-4c00-7000-8000-000000000001";

}  // namespace

// Nobody gets another recipient or header into a mail, whatever a clinic or a person calls itself.
// The input: a recipient's address, a subject and a text, in lines.
FUZZ_TARGET(input) {
  const std::vector<std::string> parts = absl::StrSplit(input, absl::MaxSplits('\n', 2));
  const absl::StatusOr<Address> to = Address::Parse("to", parts[0]);
  if (!to.ok() || parts.size() < 3) return;
  const Letter letter = {.subject = parts[1], .text = parts[2], .html = parts[2]};
  const Sender sender = {.name = parts[1],
                         .address = Address::Parse("from", "no-reply@example.org").value()};
  const std::string message = WriteMessage(letter, sender, *to, *id::Uuid::Parse(kEventId),
                                           absl::FromUnixSeconds(1'770'000'000));
  const std::vector<std::string> head =
      absl::StrSplit(message.substr(0, message.find("\r\n\r\n")), "\r\n");
  int recipients = 0;
  for (const std::string& line : head) {
    FUZZ_EXPECT(!absl::StartsWithIgnoreCase(line, "bcc:") &&
                !absl::StartsWithIgnoreCase(line, "cc:"));
    if (absl::StartsWithIgnoreCase(line, "to:")) ++recipients;
  }
  FUZZ_EXPECT(recipients == 1);
  for (const std::string& line : std::vector<std::string>(absl::StrSplit(message, "\r\n"))) {
    FUZZ_EXPECT(line.size() <= 998 && line.find_first_of("\r\n") == std::string::npos);
  }
}

}  // namespace portal::messaging
