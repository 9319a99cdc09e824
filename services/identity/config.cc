#include "services/identity/config.h"

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <thread>
#include <utility>

#include "absl/flags/flag.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "libs/status/status_macros.h"

ABSL_FLAG(std::string, passport_signing_keys, "",
          "Folder of private keys <key-id>.pem; the last one signs.");
ABSL_FLAG(std::string, portal_base_url, "",
          "Where links in mails lead, for example https://portal.example.org.");
ABSL_FLAG(std::string, messaging_address, "", "Where messaging serves gRPC, host:port.");
ABSL_FLAG(std::string, common_passwords, "/usr/share/ncrack/top50000.pwd",
          "List of passwords that nobody may choose.");
ABSL_FLAG(std::string, access_code_address, "",
          "host:port of access_code, which is told of closed accounts.");
ABSL_FLAG(int, password_workers, 0, "Threads that hash passwords; 0: one for each two processors.");
ABSL_FLAG(int, queued_passwords, 32,
          "Calls waiting for such a thread before further ones are refused.");
ABSL_FLAG(int, argon2_memory_kib, 19 * 1024, "Memory of one password hash, KiB.");
ABSL_FLAG(int, argon2_passes, 2, "Passes of one password hash.");
ABSL_FLAG(absl::Duration, session_lifetime, absl::Hours(12), "When a session ends, however busy.");
ABSL_FLAG(absl::Duration, session_idle, absl::Minutes(30), "When a session ends that is not used.");
ABSL_FLAG(absl::Duration, second_factor_removal_wait, portal::identity::kSecondFactorRemovalWait,
          "How long the owner of a lost second factor has to object to its removal.");
ABSL_FLAG(
    int, attempts_per_client, portal::identity::kAttemptsPerClient.attempts,
    "Failed sign-ins, failed verifications, and sign-ups, each, from one client address in 15 "
    "minutes.");
ABSL_FLAG(int, terms_version, 0,
          "Version of the terms of use that people agree to; 0: there are none. Raise it when new "
          "ones are published.");

namespace portal::identity {
namespace {

absl::Status CheckConfig(const Config& config) {
  const std::pair<const char*, const std::string*> needed[] = {
      {"passport_signing_keys", &config.passport_signing_keys},
      {"portal_base_url", &config.portal_base_url},
      {"access_code_address", &config.access_code_address},
      {"messaging_address", &config.messaging_address},
  };
  for (const auto& [flag, value] : needed) {
    if (value->empty())
      return absl::FailedPreconditionError(absl::StrCat("--", flag, " is needed"));
  }
  if (!absl::StartsWith(config.portal_base_url, "https://")) {
    return absl::FailedPreconditionError("--portal_base_url must begin with https://");
  }
  if (config.password_lane.workers < 1) {
    return absl::FailedPreconditionError("--password_workers must be positive");
  }
  const crypto::PasswordCost& cost = config.password_cost;
  const crypto::PasswordCost least;
  if (cost.passes < least.passes || cost.memory_bytes < least.memory_bytes) {
    return absl::FailedPreconditionError(
        "--argon2_passes must be at least 2, and --argon2_memory_kib at least 19456 (OWASP)");
  }
  // Much below a second, every call would write to the session.
  const SessionLimits& sessions = config.session_limits;
  if (sessions.idle < absl::Seconds(30) || sessions.lifetime < sessions.idle) {
    return absl::FailedPreconditionError(
        "--session_idle must be at least 30s, and --session_lifetime not shorter");
  }
  if (config.second_factor_removal_wait < absl::Hours(1)) {
    return absl::FailedPreconditionError("--second_factor_removal_wait must be at least 1h");
  }
  if (config.attempts_per_client.attempts < 1) {
    return absl::FailedPreconditionError("--attempts_per_client must be positive");
  }
  if (config.terms_version < 0) {
    return absl::FailedPreconditionError("--terms_version must not be negative");
  }
  return absl::OkStatus();
}

rpc::WorkQueue::Options PasswordLane() {
  int workers = absl::GetFlag(FLAGS_password_workers);
  if (workers == 0)
    workers = std::max(1, static_cast<int>(std::thread::hardware_concurrency() / 2));
  return {.workers = workers,
          .capacity = static_cast<size_t>(std::max(1, absl::GetFlag(FLAGS_queued_passwords)))};
}

}  // namespace

absl::StatusOr<Config> ConfigFromFlags() {
  Config config;
  config.password_lane = PasswordLane();
  config.passport_signing_keys = absl::GetFlag(FLAGS_passport_signing_keys);
  config.portal_base_url =
      std::string(absl::StripSuffix(absl::GetFlag(FLAGS_portal_base_url), "/"));
  config.access_code_address = absl::GetFlag(FLAGS_access_code_address);
  config.messaging_address = absl::GetFlag(FLAGS_messaging_address);
  config.common_passwords = absl::GetFlag(FLAGS_common_passwords);
  config.password_cost = {
      .passes = static_cast<uint64_t>(std::max(0, absl::GetFlag(FLAGS_argon2_passes))),
      .memory_bytes =
          static_cast<size_t>(std::max(0, absl::GetFlag(FLAGS_argon2_memory_kib))) * 1024};
  config.session_limits = {.lifetime = absl::GetFlag(FLAGS_session_lifetime),
                           .idle = absl::GetFlag(FLAGS_session_idle)};
  config.attempts_per_client = {.attempts = absl::GetFlag(FLAGS_attempts_per_client),
                                .window = kAttemptsPerClient.window};
  config.second_factor_removal_wait = absl::GetFlag(FLAGS_second_factor_removal_wait);
  config.terms_version = absl::GetFlag(FLAGS_terms_version);
  RETURN_IF_ERROR(CheckConfig(config));
  return config;
}

absl::StatusOr<PasswordPolicy> LoadPasswordPolicy(const std::string& common_passwords) {
  std::ifstream file(common_passwords, std::ios::binary);
  const std::string content{std::istreambuf_iterator<char>(file), {}};
  absl::StatusOr<PasswordPolicy> policy = PasswordPolicy::Create(content);
  if (!file.good() && !file.eof()) {
    return absl::FailedPreconditionError(
        absl::StrCat("--common_passwords cannot be read: ", common_passwords));
  }
  if (!policy.ok()) {
    return absl::FailedPreconditionError(
        absl::StrCat("--common_passwords: ", policy.status().message(), ": ", common_passwords));
  }
  return policy;
}

}  // namespace portal::identity
