#ifndef SERVICES_IDENTITY_CONFIG_H_
#define SERVICES_IDENTITY_CONFIG_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/crypto/password.h"
#include "libs/rpc/executor.h"
#include "services/identity/domain/limits.h"
#include "services/identity/domain/password_policy.h"
#include "services/identity/domain/session.h"

namespace portal::identity {

// What the flags of identity alone say; see config.cc for their meaning.
struct Config {
  std::string passport_signing_keys;
  std::string portal_base_url;
  std::string messaging_address;
  std::string common_passwords;
  // host:port.
  std::string access_code_address;
  crypto::PasswordCost password_cost;
  rpc::WorkQueue::Options password_lane;
  SessionLimits session_limits;
  AttemptLimit attempts_per_client;
  absl::Duration second_factor_removal_wait;
  int terms_version;
};

// Call after absl::ParseCommandLine. FAILED_PRECONDITION, for the operator, names a flag that is
// missing or makes no sense.
absl::StatusOr<Config> ConfigFromFlags();

// Reads --common_passwords.
absl::StatusOr<PasswordPolicy> LoadPasswordPolicy(const std::string& common_passwords);

}  // namespace portal::identity

#endif  // SERVICES_IDENTITY_CONFIG_H_
