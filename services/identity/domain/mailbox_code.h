#ifndef SERVICES_IDENTITY_DOMAIN_MAILBOX_CODE_H_
#define SERVICES_IDENTITY_DOMAIN_MAILBOX_CODE_H_

#include <cstdint>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "libs/id/ids.h"

namespace portal::identity {

using MailboxCodeId = id::Id<struct MailboxCodeTag>;

// Six digits that prove a mailbox: few enough to be typed from one screen into another. What they
// lack in length, few tries and a short life make up for (domain/limits.h).
class MailboxCode {
 public:
  // How many there are.
  static constexpr uint32_t kCount = 1'000'000;

  // The code of a number below kCount, which is to be uniform and unpredictable.
  static MailboxCode OfNumber(uint32_t number);
  // Spaces and hyphens do not matter. INVALID_FIELD naming `field`.
  static absl::StatusOr<MailboxCode> Parse(absl::string_view field, absl::string_view text);

  const std::string& text() const { return text_; }

 private:
  explicit MailboxCode(std::string text) : text_(std::move(text)) {}

  std::string text_;
};

}  // namespace portal::identity

#endif  // SERVICES_IDENTITY_DOMAIN_MAILBOX_CODE_H_
