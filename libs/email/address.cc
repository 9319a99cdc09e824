#include "libs/email/address.h"

#include <algorithm>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"
#include "libs/status/errors.h"

namespace portal::email {
namespace {

// RFC 5322's atext.
bool IsAtomCharacter(char c) {
  return absl::ascii_isalnum(c) ||
         absl::string_view("!#$%&'*+-/=?^_`{|}~").find(c) != absl::string_view::npos;
}

bool IsAtom(absl::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), IsAtomCharacter);
}

bool IsDomainLabel(absl::string_view label) {
  return !label.empty() && label.size() <= kMaxDomainLabelBytes && label.front() != '-' &&
         label.back() != '-' && std::all_of(label.begin(), label.end(), [](char c) {
           return absl::ascii_isalnum(c) || c == '-';
         });
}

bool IsAddress(absl::string_view text) {
  if (text.size() > kMaxAddressBytes) return false;
  const std::vector<absl::string_view> sides = absl::StrSplit(text, '@');
  if (sides.size() != 2 || sides[0].size() > kMaxLocalBytes) return false;
  const std::vector<absl::string_view> atoms = absl::StrSplit(sides[0], '.');
  const std::vector<absl::string_view> labels = absl::StrSplit(sides[1], '.');
  return std::all_of(atoms.begin(), atoms.end(), IsAtom) && labels.size() >= 2 &&
         std::all_of(labels.begin(), labels.end(), IsDomainLabel);
}

}  // namespace

absl::Status CheckAddress(absl::string_view field, absl::string_view text) {
  if (IsAddress(text)) return absl::OkStatus();
  return status::InvalidField(
      field, "must be an e-mail address of at most 254 bytes, such as name@example.org");
}

}  // namespace portal::email
