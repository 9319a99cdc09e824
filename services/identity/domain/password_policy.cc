#include "services/identity/domain/password_policy.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "libs/status/errors.h"
#include "libs/text/text.h"
#include "services/identity/domain/errors.h"
#include "services/identity/domain/limits.h"

namespace portal::identity {
namespace {

bool IsDecoration(char c) {
  return absl::ascii_isdigit(c) || absl::ascii_ispunct(c) || absl::ascii_isspace(c);
}

absl::string_view WithoutDecoration(absl::string_view text) {
  while (!text.empty() && IsDecoration(text.front())) text.remove_prefix(1);
  while (!text.empty() && IsDecoration(text.back())) text.remove_suffix(1);
  return text;
}

}  // namespace

PasswordPolicy::PasswordPolicy(absl::flat_hash_set<std::string> common)
    : common_(std::move(common)) {}

absl::StatusOr<PasswordPolicy> PasswordPolicy::Create(absl::string_view common) {
  absl::flat_hash_set<std::string> passwords;
  for (absl::string_view line : absl::StrSplit(common, '\n')) {
    line = absl::StripAsciiWhitespace(line);
    if (!line.empty() && !absl::StartsWith(line, "#!comment:"))
      passwords.insert(absl::AsciiStrToLower(line));
  }
  if (passwords.empty()) return absl::InvalidArgumentError("the list of common passwords is empty");
  return PasswordPolicy(std::move(passwords));
}

absl::Status PasswordPolicy::Check(absl::string_view password) const {
  const size_t characters = text::CharacterCount(password);
  if (characters < kMinPasswordCharacters) {
    return PasswordUnacceptable("too_short", "the password must have at least 12 characters");
  }
  if (characters > kMaxPasswordCharacters) {
    return PasswordUnacceptable("too_long", "the password must have at most 128 characters");
  }
  const std::string lower = absl::AsciiStrToLower(password);
  const absl::string_view core = WithoutDecoration(lower);
  if (common_.contains(lower) || (!core.empty() && common_.contains(core))) {
    return PasswordUnacceptable("common", "the password is among the most common ones");
  }
  return absl::OkStatus();
}

absl::Status PasswordPolicy::CheckLength(absl::string_view field, absl::string_view password) {
  if (password.empty() || text::CharacterCount(password) > kMaxPasswordCharacters) {
    return status::InvalidField(field, "must have 1 to 128 characters");
  }
  return absl::OkStatus();
}

}  // namespace portal::identity
