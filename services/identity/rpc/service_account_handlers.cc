#include "services/identity/rpc/service_account_handlers.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "libs/audit/event.h"
#include "libs/crypto/digest.h"
#include "libs/crypto/random.h"
#include "libs/rpc/call.h"
#include "libs/rpc/change.h"
#include "libs/status/errors.h"
#include "libs/status/status_macros.h"
#include "services/identity/domain/errors.h"
#include "services/identity/domain/text.h"
#include "services/identity/rpc/client_attempt.h"
#include "services/identity/rpc/clinic_owner.h"
#include "services/identity/rpc/convert.h"

namespace portal::identity {
namespace {

constexpr char kResourceKind[] = "service_account";

audit::Event EventAbout(const rpc::Context& context, const ServiceAccount& account) {
  audit::Event event = context.AuditEvent();
  event.clinic_id = account.clinic_id;
  event.resource_kind = kResourceKind;
  event.resource_id = account.service_account_id.ToString();
  return event;
}

absl::StatusOr<absl::Duration> OverlapOf(const google::protobuf::Duration& overlap) {
  const bool is_duration =
      overlap.seconds() >= 0 && overlap.nanos() >= 0 && overlap.nanos() < 1'000'000'000;
  const absl::Duration length =
      absl::Seconds(overlap.seconds()) + absl::Nanoseconds(overlap.nanos());
  if (!is_duration || length > kMaxSecretOverlap) {
    return status::InvalidField("overlap", "must be 0 to 24 hours");
  }
  return length;
}

}  // namespace

ServiceAccountHandlers::ServiceAccountHandlers(const Dependencies& dependencies)
    : deps_(dependencies),
      page_tokens_(dependencies.sealer),
      clinics_(dependencies.pool),
      staff_(dependencies.pool),
      service_accounts_(dependencies.pool),
      attempts_(dependencies.pool, dependencies.clock) {}

absl::StatusOr<v1::CreateServiceAccountResponse> ServiceAccountHandlers::CreateServiceAccount(
    const rpc::Context& context, const v1::CreateServiceAccountRequest& request) {
  using Response = v1::CreateServiceAccountResponse;
  RETURN_IF_ERROR(CheckDisplayName("display_name", request.display_name()));
  ASSIGN_OR_RETURN(const ServiceScopes scopes, ScopesOf("scopes", request.scopes()));
  const auto create = [&](db::Transaction& transaction) -> absl::StatusOr<Response> {
    RETURN_IF_ERROR(LockAsOwner(transaction, context, clinics_, staff_).status());
    const absl::Time now = deps_.clock.Now();
    const ServiceAccount account = {.service_account_id = ServiceAccountId::New(deps_.clock),
                                    .clinic_id = context.clinic_id(),
                                    .display_name = request.display_name(),
                                    .scopes = scopes,
                                    .created_at = now,
                                    .rotated_at = now};
    Response response;
    response.set_secret(crypto::RandomToken());
    RETURN_IF_ERROR(
        service_accounts_.Create(transaction, account, crypto::Sha256(response.secret())));
    RETURN_IF_ERROR(audit::Append(transaction, deps_.clock, {EventAbout(context, account)}));
    *response.mutable_service_account() = ToProto(account);
    return response;
  };
  return deps_.idempotency.Run<Response>(
      deps_.pool, rpc::CallOf(context), rpc::KeyOf(context, request.request_id()), request, create,
      /*redact=*/nullptr, [&](db::Transaction& transaction, const Response& recorded) {
        return NoteRepetition(transaction, context, recorded.service_account());
      });
}

absl::Status ServiceAccountHandlers::NoteRepetition(db::Transaction& transaction,
                                                    const rpc::Context& context,
                                                    const v1::ServiceAccount& account) const {
  audit::Event event = context.AuditEvent();
  event.clinic_id = context.clinic_id();
  event.resource_kind = kResourceKind;
  event.resource_id = account.service_account_id();
  event.outcome = rpc::kRepeated;
  return audit::Append(transaction, deps_.clock, {event});
}

absl::StatusOr<v1::ListServiceAccountsResponse> ServiceAccountHandlers::ListServiceAccounts(
    const rpc::Context& context, const v1::ListServiceAccountsRequest& request) {
  ASSIGN_OR_RETURN(const int page_size,
                   rpc::PageSize(request.page_size(), kDefaultPageSize, kMaxPageSize));
  ASSIGN_OR_RETURN(const std::vector<std::string> position,
                   page_tokens_.Parse(request, request.page_token(), 1));
  ASSIGN_OR_RETURN(const std::optional<ServiceAccountId> after,
                   rpc::IdPosition<ServiceAccountId>(position));
  ASSIGN_OR_RETURN(std::vector<ServiceAccount> accounts,
                   service_accounts_.List(rpc::CallOf(context), context.clinic_id(),
                                          after.value_or(ServiceAccountId()), page_size + 1));
  v1::ListServiceAccountsResponse response;
  if (accounts.size() > page_size) {
    accounts.resize(page_size);
    response.set_next_page_token(
        page_tokens_.Make(request, {accounts.back().service_account_id.ToString()}));
  }
  for (const ServiceAccount& account : accounts) {
    *response.add_service_accounts() = ToProto(account);
  }
  return response;
}

absl::StatusOr<v1::RotateServiceAccountSecretResponse>
ServiceAccountHandlers::RotateServiceAccountSecret(
    const rpc::Context& context, const v1::RotateServiceAccountSecretRequest& request) {
  using Response = v1::RotateServiceAccountSecretResponse;
  ASSIGN_OR_RETURN(const auto service_account_id,
                   ServiceAccountId::Parse("service_account_id", request.service_account_id()));
  ASSIGN_OR_RETURN(const absl::Duration overlap, OverlapOf(request.overlap()));
  const auto rotate = [&](db::Transaction& transaction) -> absl::StatusOr<Response> {
    RETURN_IF_ERROR(LockAsOwner(transaction, context, clinics_, staff_).status());
    const absl::Time now = deps_.clock.Now();
    Response response;
    response.set_secret(crypto::RandomToken());
    ASSIGN_OR_RETURN(
        const ServiceAccount account,
        service_accounts_.Rotate(transaction, context.clinic_id(), service_account_id,
                                 crypto::Sha256(response.secret()), now, now + overlap));
    RETURN_IF_ERROR(audit::Append(transaction, deps_.clock, {EventAbout(context, account)}));
    *response.mutable_service_account() = ToProto(account);
    return response;
  };
  return deps_.idempotency.Run<Response>(
      deps_.pool, rpc::CallOf(context), rpc::KeyOf(context, request.request_id()), request, rotate,
      /*redact=*/nullptr, [&](db::Transaction& transaction, const Response& recorded) {
        return NoteRepetition(transaction, context, recorded.service_account());
      });
}

absl::StatusOr<v1::ServiceAccount> ServiceAccountHandlers::RevokeServiceAccount(
    const rpc::Context& context, const v1::RevokeServiceAccountRequest& request) {
  ASSIGN_OR_RETURN(const auto service_account_id,
                   ServiceAccountId::Parse("service_account_id", request.service_account_id()));
  const auto revoke = [&](db::Transaction& transaction) -> absl::StatusOr<v1::ServiceAccount> {
    RETURN_IF_ERROR(LockAsOwner(transaction, context, clinics_, staff_).status());
    ASSIGN_OR_RETURN(const ServiceAccountStore::Revocation revocation,
                     service_accounts_.Revoke(transaction, context.clinic_id(), service_account_id,
                                              deps_.clock.Now()));
    if (revocation.is_first) {
      RETURN_IF_ERROR(
          audit::Append(transaction, deps_.clock, {EventAbout(context, revocation.account)}));
    }
    return ToProto(revocation.account);
  };
  return deps_.idempotency.Run<v1::ServiceAccount>(
      deps_.pool, rpc::CallOf(context), rpc::KeyOf(context, request.request_id()), request, revoke);
}

absl::StatusOr<v1::SignInServiceAccountResponse> ServiceAccountHandlers::SignInServiceAccount(
    const rpc::Context& context, const v1::SignInServiceAccountRequest& request) {
  using Response = v1::SignInServiceAccountResponse;
  const db::CallOptions call = rpc::CallOf(context);
  const std::optional<Attempt> attempt = ClientAttempt(
      context, AttemptKind::kServiceAccountSignInFromClient, deps_.attempts_per_client);
  if (attempt.has_value()) RETURN_IF_ERROR(attempts_.Admit(call, *attempt));
  return deps_.pool.Transact(call, [&](db::Transaction& transaction) -> absl::StatusOr<Response> {
    const absl::Time now = deps_.clock.Now();
    ASSIGN_OR_RETURN(
        const std::optional<ServiceAccount> account,
        service_accounts_.LockBySecret(transaction, crypto::Sha256(request.secret()), now));
    if (!account.has_value()) return CredentialsRejected();
    const std::string token = crypto::RandomToken();
    const auto session_id = id::SessionId::New(deps_.clock);
    const absl::Time expires_at = now + deps_.session_limits.lifetime;
    RETURN_IF_ERROR(service_accounts_.OpenSession(transaction, session_id,
                                                  account->service_account_id,
                                                  crypto::Sha256(token), now, expires_at));
    if (attempt.has_value()) RETURN_IF_ERROR(attempts_.Forgive(transaction, *attempt));
    audit::Event event = EventAbout(context, *account);
    event.actor_kind = audit::ActorKind::kServiceAccount;
    event.actor_id = id::AccountId(account->service_account_id.uuid());
    event.session_id = session_id;
    RETURN_IF_ERROR(audit::Append(transaction, deps_.clock, {event}));
    Response response;
    response.set_session_token(token);
    *response.mutable_expire_time() = ToProto(expires_at);
    *response.mutable_idle_expire_time() =
        ToProto(std::min(expires_at, now + deps_.session_limits.idle));
    *response.mutable_service_account() = ToProto(*account);
    return response;
  });
}

}  // namespace portal::identity
