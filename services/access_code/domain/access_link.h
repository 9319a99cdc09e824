#ifndef SERVICES_ACCESS_CODE_DOMAIN_ACCESS_LINK_H_
#define SERVICES_ACCESS_CODE_DOMAIN_ACCESS_LINK_H_

#include <string>

#include "absl/strings/string_view.h"
#include "services/access_code/domain/code_words.h"

namespace portal::access_code {

// Where codes are typed in. `portal_base_url`: "https://portal.example", without a slash at its
// end.
std::string EntryPage(absl::string_view portal_base_url);

// Leads there with the code, in the fragment, which browsers send to nobody: it is in no log, and
// opening the link redeems nothing. Hyphens separate the words, as no word has one.
std::string AccessLink(absl::string_view portal_base_url, const CodeWords& words);

}  // namespace portal::access_code

#endif  // SERVICES_ACCESS_CODE_DOMAIN_ACCESS_LINK_H_
