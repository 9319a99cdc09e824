#ifndef SERVICES_MESSAGING_CONFIG_H_
#define SERVICES_MESSAGING_CONFIG_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/messaging/mail/message.h"
#include "services/messaging/mail/transport.h"

namespace portal::messaging {

// What the flags of messaging alone say; see config.cc for their meaning.
struct Config {
  std::string portal_base_url;
  Sender sender;
  std::unique_ptr<Transport> transport;  // null: notices wait
  absl::Duration keep_dead_letters;
};

// Call after absl::ParseCommandLine. FAILED_PRECONDITION, for the operator, names a flag that is
// missing or makes no sense.
absl::StatusOr<Config> ConfigFromFlags();

}  // namespace portal::messaging

#endif  // SERVICES_MESSAGING_CONFIG_H_
