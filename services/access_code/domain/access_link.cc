#include "services/access_code/domain/access_link.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace portal::access_code {

std::string EntryPage(absl::string_view portal_base_url) {
  return absl::StrCat(portal_base_url, "/access");
}

std::string AccessLink(absl::string_view portal_base_url, const CodeWords& words) {
  return absl::StrCat(EntryPage(portal_base_url),
                      "#code=", absl::StrReplaceAll(words.text(), {{" ", "-"}}));
}

}  // namespace portal::access_code
