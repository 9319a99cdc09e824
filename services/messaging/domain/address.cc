#include "services/messaging/domain/address.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"
#include "libs/status/errors.h"
#include "services/messaging/domain/limits.h"

namespace portal::messaging {
namespace {

bool IsSide(absl::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isalnum(c) ||
           absl::string_view(".!#$%&'*+-/=?^_`{|}~").find(c) != absl::string_view::npos;
  });
}

}  // namespace

absl::StatusOr<Address> Address::Parse(absl::string_view field, absl::string_view text) {
  const std::pair<absl::string_view, absl::string_view> sides =
      absl::StrSplit(text, absl::MaxSplits('@', 1));
  if (text.size() > kMaxAddressBytes || !IsSide(sides.first) || !IsSide(sides.second)) {
    return status::InvalidField(
        field, "must be an e-mail address of at most 254 bytes, such as name@example.org");
  }
  return Address(text);
}

}  // namespace portal::messaging
