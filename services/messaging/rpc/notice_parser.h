#ifndef SERVICES_MESSAGING_RPC_NOTICE_PARSER_H_
#define SERVICES_MESSAGING_RPC_NOTICE_PARSER_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "portal/messaging/v1/notice.pb.h"
#include "services/messaging/domain/notice.h"

namespace portal::messaging {

// A notice that can be written. INVALID_FIELD naming all that is wrong with it, as fields of
// `field`.
absl::StatusOr<Notice> ParseNotice(absl::string_view field, const v1::Notice& notice);

// What a clinic is called: 1 to kMaxClinicNameCharacters characters, not only spaces, and no
// control characters. INVALID_FIELD naming `field`.
absl::Status CheckClinicName(absl::string_view field, absl::string_view name);

}  // namespace portal::messaging

#endif  // SERVICES_MESSAGING_RPC_NOTICE_PARSER_H_
