#include "services/identity/rpc/http_template.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace portal::identity {
namespace {

constexpr absl::string_view kSyntax = "{}=*:";

bool IsLiteral(absl::string_view segment) {
  return !segment.empty() && segment.find_first_of(kSyntax) == absl::string_view::npos;
}

// What a variable takes: not what a proxy would take out of the path.
bool IsValue(absl::string_view segment) {
  return !segment.empty() && segment != "." && segment != "..";
}

// "v1/{name=clinics/*}/staff" → "v1/clinics/*/staff"; none if braces do not fit. Field names play
// no part in matching.
std::optional<std::string> WithoutVariables(absl::string_view text) {
  std::string flat;
  while (!text.empty()) {
    const size_t open = text.find('{');
    flat.append(text.data(), std::min(open, text.size()));
    if (open == absl::string_view::npos) break;
    const size_t close = text.find('}', open);
    if (close == absl::string_view::npos) return std::nullopt;
    const absl::string_view variable = text.substr(open + 1, close - open - 1);
    const std::pair<absl::string_view, absl::string_view> parts =
        absl::StrSplit(variable, absl::MaxSplits('=', 1));
    if (!IsLiteral(parts.first)) return std::nullopt;
    const bool has_segments = variable.size() > parts.first.size();
    flat += has_segments ? std::string(parts.second) : "*";
    text.remove_prefix(close + 1);
  }
  return flat;
}

}  // namespace

std::optional<std::vector<absl::string_view>> SplitPath(absl::string_view path) {
  if (!absl::ConsumePrefix(&path, "/")) return std::nullopt;
  return std::vector<absl::string_view>(absl::StrSplit(path, '/'));
}

std::optional<HttpTemplate> HttpTemplate::Parse(absl::string_view text) {
  HttpTemplate result;
  const size_t colon = text.rfind(':');
  if (colon != absl::string_view::npos && text.find('/', colon) == absl::string_view::npos) {
    if (!IsLiteral(text.substr(colon + 1))) return std::nullopt;
    result.verb_ = std::string(text.substr(colon));
    text = text.substr(0, colon);
  }
  const std::optional<std::string> flat = WithoutVariables(text);
  if (!flat.has_value()) return std::nullopt;
  const auto segments = SplitPath(*flat);
  if (!segments.has_value()) return std::nullopt;
  for (absl::string_view segment : *segments) {
    if (segment == "*") {
      result.segments_.emplace_back();
    } else if (IsLiteral(segment)) {
      result.segments_.emplace_back(segment);
    } else {
      return std::nullopt;
    }
  }
  return result;
}

bool HttpTemplate::Matches(absl::Span<const absl::string_view> path) const {
  for (size_t i = 0; i < segments_.size(); ++i) {
    absl::string_view segment = path[i];
    if (i + 1 == segments_.size() && !absl::ConsumeSuffix(&segment, verb_)) return false;
    if (segments_[i].has_value() ? segment != *segments_[i] : !IsValue(segment)) return false;
  }
  return true;
}

bool HttpTemplate::IsMoreSpecificThan(const HttpTemplate& other) const {
  if (verb_.empty() != other.verb_.empty()) return other.verb_.empty();
  for (size_t i = 0; i < std::min(size(), other.size()); ++i) {
    if (segments_[i].has_value() != other.segments_[i].has_value()) {
      return segments_[i].has_value();
    }
  }
  return false;
}

}  // namespace portal::identity
