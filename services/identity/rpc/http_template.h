#ifndef SERVICES_IDENTITY_RPC_HTTP_TEMPLATE_H_
#define SERVICES_IDENTITY_RPC_HTTP_TEMPLATE_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace portal::identity {

// The segments of a path as it is written, without decoding: "/v1/clinics/7" → "v1", "clinics",
// "7". None if it does not begin with a slash.
std::optional<std::vector<absl::string_view>> SplitPath(absl::string_view path);

// A path template of google.api.http: "/v1/clinics/{clinic_id}/grants/{grant_id}:revoke",
// "/v1/{name=clinics/*}".
class HttpTemplate {
 public:
  // None if it is malformed, or has "**", which no contract of ours uses.
  static std::optional<HttpTemplate> Parse(absl::string_view text);

  // Paths have exactly that many segments.
  size_t size() const { return segments_.size(); }

  // `path`: of this size. A variable takes any segment that is not empty, "." or ".."; everything
  // else has to be as written, so that no path has two spellings.
  bool Matches(absl::Span<const absl::string_view> path) const;

  // Whether this one goes first where both match: a verb, and then the earlier literal, decides.
  bool IsMoreSpecificThan(const HttpTemplate& other) const;

 private:
  // None for a variable.
  std::vector<std::optional<std::string>> segments_;
  // With its colon; may be empty.
  std::string verb_;
};

}  // namespace portal::identity

#endif  // SERVICES_IDENTITY_RPC_HTTP_TEMPLATE_H_
