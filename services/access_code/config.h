#ifndef SERVICES_ACCESS_CODE_CONFIG_H_
#define SERVICES_ACCESS_CODE_CONFIG_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "libs/crypto/keyring.h"
#include "services/access_code/domain/word_list.h"
#include "services/access_code/rpc/refusal_alarm.h"

namespace portal::access_code {

// What the service's own flags say; see config.cc.
struct Config {
  WordList words;
  std::unique_ptr<crypto::Keyring> peppers;
  std::string portal_base_url;
  // Empty: notices wait in the outbox.
  std::string messaging_address;
  RefusalAlarm::Options refusal_alarm;
};

// INVALID_ARGUMENT naming the flag that is missing or wrong; FAILED_PRECONDITION, or what
// crypto::Keyring::Load returns, for a file that is.
absl::StatusOr<Config> ConfigFromFlags();

}  // namespace portal::access_code

#endif  // SERVICES_ACCESS_CODE_CONFIG_H_
