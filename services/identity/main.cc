// The identity service: accounts, sessions, clinics and their staff. See README.md.

#include <map>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "libs/auth/passport_token.h"
#include "libs/background/loop.h"
#include "libs/crypto/password.h"
#include "libs/crypto/signing.h"
#include "libs/service/runtime.h"
#include "libs/status/status_macros.h"
#include "libs/telemetry/log.h"
#include "portal/contracts.h"
#include "services/identity/config.h"
#include "services/identity/rpc/account_closed.h"
#include "services/identity/rpc/account_directory.h"
#include "services/identity/rpc/client_methods.h"
#include "services/identity/rpc/clinic_directory.h"
#include "services/identity/rpc/messaging_routes.h"
#include "services/identity/rpc/service.h"
#include "services/identity/storage/retention.h"
#include "services/identity/storage/schema.h"

namespace portal::identity {
namespace {

// Rows are kept for hours at least, and accounts and clinics told of belatedly have waited for a
// release; some minutes more do not matter.
constexpr absl::Duration kChoreInterval = absl::Minutes(5);

background::Next Prune(Retention& retention) {
  const absl::StatusOr<bool> more = retention.Prune();
  if (!more.ok()) telemetry::LogWarning("prune_failed", {{"error", more.status().message()}});
  return more.value_or(false) ? background::Next::kAgain : background::Next::kWait;
}

background::Next TellUntold(AccountDirectory& accounts, db::Pool& pool,
                            const outbox::Outbox& outbox) {
  bool more = false;
  for (const auto& told : {accounts.TellUntold(), AnnounceUntoldClinics(pool, outbox)}) {
    if (!told.ok()) telemetry::LogWarning("tell_failed", {{"error", told.status().message()}});
    more |= told.value_or(false);
  }
  return more ? background::Next::kAgain : background::Next::kWait;
}

absl::Status Run() {
  ASSIGN_OR_RETURN(const Config config, ConfigFromFlags());
  ASSIGN_OR_RETURN(const auto password_policy, LoadPasswordPolicy(config.common_passwords));
  ASSIGN_OR_RETURN(const auto hasher, crypto::PasswordHasher::Create(config.password_cost));
  ASSIGN_OR_RETURN(const auto signing_keys,
                   crypto::SigningKeyring::Load(config.passport_signing_keys));
  ASSIGN_OR_RETURN(const auto client_methods, ClientMethods::Read(kContracts));

  ASSIGN_OR_RETURN(const auto runtime,
                   service::Runtime::Open({.name = "identity",
                                           .password_lane = config.password_lane,
                                           .add_schema = AddSchema,
                                           .migrations = NeededMigrations()}));
  runtime->Watch("passport_signing_keys", *signing_keys);
  const auth::PassportIssuer issuer(*signing_keys, runtime->installation());
  Service service({.pool = runtime->pool(),
                   .background_pool = runtime->background_pool(),
                   .clock = runtime->clock(),
                   .hasher = *hasher,
                   .password_policy = password_policy,
                   .passport_issuer = issuer,
                   .sealing_keys = runtime->sealing_keys(),
                   .sealer = runtime->sealer(),
                   .outbox = runtime->outbox(),
                   .idempotency = runtime->idempotency(),
                   .client_methods = client_methods,
                   .portal_base_url = config.portal_base_url,
                   .session_limits = config.session_limits,
                   .attempts_per_client = config.attempts_per_client,
                   .second_factor_removal_wait = config.second_factor_removal_wait,
                   .terms_version = config.terms_version});
  Retention retention(runtime->background_pool(), runtime->clock());
  background::Loop pruning(kChoreInterval, [&] { return Prune(retention); });
  std::map<std::string, outbox::Route> routes =
      RoutesTo(runtime->ChannelTo("messaging", config.messaging_address));
  routes[kAccountClosedTopic] =
      AccountClosedRouteTo(runtime->ChannelTo("access_code", config.access_code_address));
  routes.merge(Service::Routes());
  AccountDirectory directory(runtime->background_pool(), runtime->outbox());
  background::Loop telling(kChoreInterval, [&] {
    return TellUntold(directory, runtime->background_pool(), runtime->outbox());
  });
  return runtime->Serve(service.Tables(), std::move(routes));
}

}  // namespace
}  // namespace portal::identity

int main(int argc, char** argv) {
  return portal::service::Main("identity", argc, argv, portal::identity::Run);
}
