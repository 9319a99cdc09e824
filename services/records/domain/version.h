#ifndef SERVICES_RECORDS_DOMAIN_VERSION_H_
#define SERVICES_RECORDS_DOMAIN_VERSION_H_

#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"

namespace portal::records {

// The opaque text that stands for a version.
inline std::string EtagOf(int64_t version) { return absl::StrCat(absl::Hex(version)); }

}  // namespace portal::records

#endif  // SERVICES_RECORDS_DOMAIN_VERSION_H_
