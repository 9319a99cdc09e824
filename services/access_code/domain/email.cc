#include "services/access_code/domain/email.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "libs/status/errors.h"
#include "services/access_code/domain/limits.h"

namespace portal::access_code {

absl::Status CheckEmail(absl::string_view field, absl::string_view email) {
  const size_t at = email.find('@');
  const bool usable =
      email.size() <= kMaxEmailBytes && at != absl::string_view::npos && at > 0 &&
      at + 1 < email.size() && email.rfind('@') == at &&
      std::all_of(email.begin(), email.end(), [](unsigned char c) {
        return absl::ascii_isgraph(c) && c != '<' && c != '>' && c != ',' && c != ';';
      });
  return usable ? absl::OkStatus() : status::InvalidField(field, "must be an e-mail address");
}

}  // namespace portal::access_code
