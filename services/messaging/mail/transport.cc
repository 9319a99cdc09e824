#include "services/messaging/mail/transport.h"

namespace portal::messaging {

absl::string_view ToString(Failure failure) {
  switch (failure) {
    case Failure::kRefused:
      return "refused";
    case Failure::kDeferred:
      return "deferred";
    case Failure::kUnreachable:
      return "unreachable";
    case Failure::kUntrusted:
      return "untrusted";
    case Failure::kSignIn:
      return "sign_in";
    case Failure::kMisbehaving:
      return "misbehaving";
  }
  return "unknown";
}

}  // namespace portal::messaging
