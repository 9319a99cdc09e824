#include "services/identity/domain/device.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "libs/status/errors.h"
#include "libs/text/text.h"
#include "services/identity/domain/limits.h"

namespace portal::identity {
namespace {

struct Mark {
  absl::string_view in_header;
  absl::string_view name;
};

// Most browsers name those they are compatible with too, so the first match counts.
constexpr Mark kBrowsers[] = {
    {"Edg", "Edge"},       {"OPR/", "Opera"},       {"SamsungBrowser/", "Samsung Internet"},
    {"FxiOS/", "Firefox"}, {"Firefox/", "Firefox"}, {"CriOS/", "Chrome"},
    {"Chrome/", "Chrome"}, {"Safari/", "Safari"}};
constexpr Mark kSystems[] = {{"Android", "Android"},    {"iPhone", "iPhone"},  {"iPad", "iPad"},
                             {"Windows NT", "Windows"}, {"Mac OS X", "macOS"}, {"CrOS", "ChromeOS"},
                             {"Linux", "Linux"}};

template <size_t size>
absl::string_view NameIn(absl::string_view header, const Mark (&marks)[size]) {
  for (const Mark& mark : marks) {
    if (absl::StrContains(header, mark.in_header)) return mark.name;
  }
  return "";
}

}  // namespace

std::string DeviceName(absl::string_view user_agent) {
  const absl::string_view browser = NameIn(user_agent, kBrowsers);
  const absl::string_view system = NameIn(user_agent, kSystems);
  if (!browser.empty() && !system.empty()) return absl::StrCat(browser, " on ", system);
  return text::OneLine(user_agent, kMaxDeviceCharacters);
}

absl::Status CheckUserAgent(absl::string_view user_agent) {
  if (user_agent.size() <= kMaxUserAgentBytes) return absl::OkStatus();
  return status::InvalidField("user_agent", "must have at most 2000 bytes");
}

absl::Status CheckDeviceToken(absl::string_view token) {
  if (token.size() <= kTokenCharacters) return absl::OkStatus();
  return status::InvalidField("device_token", "must have at most 43 characters");
}

}  // namespace portal::identity
