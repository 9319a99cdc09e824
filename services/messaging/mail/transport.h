#ifndef SERVICES_MESSAGING_MAIL_TRANSPORT_H_
#define SERVICES_MESSAGING_MAIL_TRANSPORT_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "libs/id/uuid.h"
#include "services/messaging/domain/address.h"

namespace portal::messaging {

// Why a mail was not taken.
enum class Failure {
  kRefused,      // this mail or its recipient, for good; all others may be taken later
  kDeferred,     // the server asks to try again
  kUnreachable,  // no connection, a lost one, or no answer in time
  kUntrusted,    // no TLS, or a certificate that is not the server's
  kSignIn,       // the server does not take the user or the password
  kMisbehaving,  // an answer that makes no sense, or no wish to serve us at all
};

inline constexpr int kFailures = static_cast<int>(Failure::kMisbehaving) + 1;

// "refused": stored, and a metric's label.
absl::string_view ToString(Failure failure);

// How an attempt ended.
struct Outcome {
  std::optional<Failure> failure;  // none: taken
  int reply_code = 0;              // the server's last one; 0 if there was none
};

// Where mails go. Thread-safe.
class Transport {
 public:
  virtual ~Transport() = default;

  // Returns within a time that is the transport's own, well below that of a delivery.
  virtual Outcome Send(const Address& from, const Address& to, const id::Uuid& event_id,
                       const std::string& message) = 0;
};

}  // namespace portal::messaging

#endif  // SERVICES_MESSAGING_MAIL_TRANSPORT_H_
