#include "services/identity/domain/second_factor.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_replace.h"
#include "libs/status/errors.h"
#include "services/identity/domain/limits.h"

namespace portal::identity {
namespace {

// People copy codes with their gaps.
std::string Compact(absl::string_view text) {
  return absl::AsciiStrToLower(absl::StrReplaceAll(text, {{" ", ""}, {"-", ""}}));
}

bool IsDigits(absl::string_view text) {
  return text.size() == kSixDigits && std::all_of(text.begin(), text.end(), absl::ascii_isdigit);
}

// RFC 4648's base32 in lower case.
bool IsRecoveryCode(absl::string_view text) {
  return text.size() == kRecoveryCodeCharacters &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return absl::ascii_islower(c) || (c >= '2' && c <= '7'); });
}

}  // namespace

absl::StatusOr<SecondFactorCode> SecondFactorCode::Parse(absl::string_view field,
                                                         absl::string_view text) {
  if (text.size() <= kMaxCodeBytes) {
    std::string compact = Compact(text);
    if (IsDigits(compact) || IsRecoveryCode(compact)) return SecondFactorCode(std::move(compact));
  }
  return status::InvalidField(field, "must be six digits or a recovery code");
}

absl::StatusOr<std::optional<SecondFactorCode>> SecondFactorCode::ParseOptional(
    absl::string_view field, absl::string_view text) {
  if (text.empty()) return std::nullopt;
  return Parse(field, text);
}

bool SecondFactorCode::is_totp() const { return text_.size() == kSixDigits; }

std::string WithHyphens(absl::string_view recovery_code) {
  std::string shown;
  for (size_t i = 0; i < recovery_code.size(); ++i) {
    if (i > 0 && i % kRecoveryCodeGroup == 0) shown.push_back('-');
    shown.push_back(recovery_code[i]);
  }
  return shown;
}

absl::StatusOr<std::string> SixDigits(absl::string_view field, absl::string_view text) {
  if (text.size() <= kMaxCodeBytes) {
    std::string compact = Compact(text);
    if (IsDigits(compact)) return compact;
  }
  return status::InvalidField(field, "must be six digits");
}

}  // namespace portal::identity
