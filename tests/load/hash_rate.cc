// Verifies one password over and over on one thread, and prints one line of JSON: how many a
// second. What sign-ins are measured against: each of them has to do this once.

#include <cstdio>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "libs/crypto/password.h"
#include "nlohmann/json.hpp"

ABSL_FLAG(absl::Duration, duration, absl::Seconds(8), "How long.");

namespace portal {
namespace {

int Main() {
  constexpr char kPassword[] = "a load test's own long secret";
  const auto hasher = crypto::PasswordHasher::Create(crypto::PasswordCost());
  if (!hasher.ok()) return 1;
  const auto hash = (*hasher)->Hash(kPassword);
  if (!hash.ok()) return 1;
  const absl::Time start = absl::Now();
  const absl::Time end = start + absl::GetFlag(FLAGS_duration);
  int verified = 0;
  for (; absl::Now() < end; ++verified) {
    const auto matches = (*hasher)->Verify(*hash, kPassword);
    if (!matches.ok() || !*matches) return 1;
  }
  const double seconds = absl::ToDoubleSeconds(absl::Now() - start);
  std::printf("%s\n", nlohmann::json{{"per_second", verified / seconds}}.dump().c_str());
  return 0;
}

}  // namespace
}  // namespace portal

int main(int argc, char** argv) {
  absl::ParseCommandLine(argc, argv);
  return portal::Main();
}
