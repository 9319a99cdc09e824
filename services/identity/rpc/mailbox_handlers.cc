#include "services/identity/rpc/mailbox_handlers.h"

#include <arpa/inet.h>

#include <optional>
#include <utility>

#include "libs/audit/event.h"
#include "libs/crypto/random.h"
#include "libs/notice/notice.h"
#include "libs/rpc/call.h"
#include "libs/status/errors.h"
#include "libs/status/status_macros.h"
#include "portal/messaging/v1/notice.pb.h"
#include "services/identity/domain/errors.h"
#include "services/identity/domain/language.h"
#include "services/identity/domain/limits.h"
#include "services/identity/rpc/convert.h"
#include "services/identity/rpc/repetition.h"

namespace portal::identity {
namespace {

absl::Status CheckClientAddress(const std::string& address) {
  in6_addr parsed;
  if (inet_pton(AF_INET, address.c_str(), &parsed) == 1 ||
      inet_pton(AF_INET6, address.c_str(), &parsed) == 1) {
    return absl::OkStatus();
  }
  return status::InvalidField("client_address", "must be an IPv4 or IPv6 address");
}

// A visitor may come back from another network.
template <typename Request>
Request WithoutClientAddress(Request request) {
  request.clear_client_address();
  return request;
}

}  // namespace

MailboxHandlers::MailboxHandlers(const Dependencies& dependencies)
    : deps_(dependencies),
      accounts_(dependencies.pool),
      clinics_(dependencies.pool),
      codes_(dependencies.pool, dependencies.sealing_keys),
      attempts_(dependencies.pool, dependencies.clock),
      directory_(dependencies.pool, dependencies.outbox) {}

// Whether the address has an account is not looked at, so nothing can show it.
absl::StatusOr<v1::RequestMailboxCodeResponse> MailboxHandlers::RequestMailboxCode(
    const rpc::Context& context, const v1::RequestMailboxCodeRequest& request) {
  using Response = v1::RequestMailboxCodeResponse;
  ASSIGN_OR_RETURN(const Asked asked, ParseRequest(context, request));
  const db::CallOptions call = rpc::CallOf(context);
  const idempotency::Key key = rpc::KeyOf(context, request.request_id());
  const v1::RequestMailboxCodeRequest repeatable = WithoutClientAddress(request);
  ASSIGN_OR_RETURN(std::optional<Response> recorded,
                   deps_.idempotency.Find<Response>(deps_.pool, call, key, repeatable));
  if (recorded.has_value()) return *std::move(recorded);

  RETURN_IF_ERROR(attempts_.Admit(
      call, Attempt::FromClient(AttemptKind::kMailboxCodeFromClient, request.client_address(),
                                deps_.attempts_per_client)));
  return deps_.idempotency.Run<Response>(
      deps_.pool, call, key, repeatable,
      [&](db::Transaction& transaction) { return Send(transaction, context, asked); });
}

absl::StatusOr<MailboxHandlers::Asked> MailboxHandlers::ParseRequest(
    const rpc::Context& context, const v1::RequestMailboxCodeRequest& request) {
  ASSIGN_OR_RETURN(Email email, Email::Parse("email", request.email()));
  RETURN_IF_ERROR(CheckClientAddress(request.client_address()));
  ASSIGN_OR_RETURN(std::string language, ParseOptionalLanguage("language", request.language()));
  ASSIGN_OR_RETURN(const auto clinic_id, id::ClinicId::Parse("clinic_id", request.clinic_id()));
  ASSIGN_OR_RETURN(const std::optional<Clinic> clinic,
                   clinics_.Find(rpc::CallOf(context), clinic_id));
  if (!clinic.has_value()) return ClinicNotFound();
  return Asked{.email = std::move(email), .language = std::move(language), .clinic_id = clinic_id};
}

absl::StatusOr<v1::RequestMailboxCodeResponse> MailboxHandlers::Send(db::Transaction& transaction,
                                                                     const rpc::Context& context,
                                                                     const Asked& asked) {
  RETURN_IF_ERROR(attempts_.Admit(
      transaction,
      Attempt::OfEmail(AttemptKind::kMailboxCodeOfEmail, asked.email, kMailboxCodesPerEmail)));
  const MailboxCode code = MailboxCode::OfNumber(crypto::UniformBelow(MailboxCode::kCount));
  const absl::Time now = deps_.clock.Now();
  const absl::Time expires_at = now + kMailboxCodeLifetime;
  RETURN_IF_ERROR(codes_.Put(transaction,
                             {.mailbox_code_id = MailboxCodeId::New(deps_.clock),
                              .email = asked.email,
                              .language = asked.language,
                              .created_at = now,
                              .expires_at = expires_at},
                             code));
  messaging::v1::Notice notice;
  notice.mutable_recipient()->set_email(asked.email.text());
  notice.mutable_recipient()->set_language(asked.language);
  notice.mutable_mailbox_code()->set_code(code.text());
  notice.mutable_mailbox_code()->set_clinic_id(asked.clinic_id.ToString());
  notice::Append(transaction, deps_.outbox, notice);
  audit::Event event = context.AuditEvent();
  event.resource_kind = "mailbox_code";
  RETURN_IF_ERROR(audit::Append(transaction, deps_.clock, {event}));
  v1::RequestMailboxCodeResponse response;
  *response.mutable_expire_time() = ToProto(expires_at);
  return response;
}

absl::StatusOr<v1::ConfirmMailboxCodeResponse> MailboxHandlers::ConfirmMailboxCode(
    const rpc::Context& context, const v1::ConfirmMailboxCodeRequest& request) {
  using Response = v1::ConfirmMailboxCodeResponse;
  ASSIGN_OR_RETURN(const Email email, Email::Parse("email", request.email()));
  ASSIGN_OR_RETURN(const MailboxCode code,
                   MailboxCode::Parse("mailbox_code", request.mailbox_code()));
  RETURN_IF_ERROR(CheckClientAddress(request.client_address()));
  const db::CallOptions call = rpc::CallOf(context);
  // Before the recorded answer is looked for: whether there is one tells the right code from wrong
  // ones, so that counts as a try too.
  const Attempt attempt = Attempt::FromClient(AttemptKind::kMailboxTryFromClient,
                                              request.client_address(), deps_.attempts_per_client);
  RETURN_IF_ERROR(attempts_.Admit(call, attempt));
  const idempotency::Key key = rpc::KeyOf(context, request.request_id());
  const v1::ConfirmMailboxCodeRequest repeatable = WithoutClientAddress(request);
  ASSIGN_OR_RETURN(std::optional<Response> recorded,
                   deps_.idempotency.Find<Response>(deps_.pool, call, key, repeatable));
  if (recorded.has_value()) return *std::move(recorded);

  const absl::StatusOr<MailboxCodeId> proven = codes_.Try(call, email, code, deps_.clock.Now());
  if (!IsSettled(proven.status())) return proven.status();
  return deps_.idempotency.Run<Response>(
      deps_.pool, call, key, repeatable,
      [&](db::Transaction& transaction) -> absl::StatusOr<Response> {
        // Said here: a copy whose first one used the code meanwhile gets that one's answer instead.
        RETURN_IF_ERROR(proven.status());
        ASSIGN_OR_RETURN(Response response, Join(transaction, context, *proven));
        RETURN_IF_ERROR(attempts_.Forgive(transaction, attempt));
        return response;
      });
}

absl::StatusOr<v1::ConfirmMailboxCodeResponse> MailboxHandlers::Join(
    db::Transaction& transaction, const rpc::Context& context,
    const MailboxCodeId& mailbox_code_id) {
  ASSIGN_OR_RETURN(const ProvenMailbox mailbox, codes_.Use(transaction, mailbox_code_id));
  ASSIGN_OR_RETURN(const JoinedAccount account,
                   accounts_.Join(transaction, mailbox.email, mailbox.language,
                                  id::AccountId::New(deps_.clock), deps_.clock.Now()));
  if (account.is_new) RETURN_IF_ERROR(directory_.Tell(transaction, account.account_id));
  audit::Event event = context.AuditEvent();
  event.resource_kind = "account";
  event.resource_id = account.account_id.ToString();
  RETURN_IF_ERROR(audit::Append(transaction, deps_.clock, {event}));
  v1::ConfirmMailboxCodeResponse response;
  response.set_account_id(account.account_id.ToString());
  return response;
}

}  // namespace portal::identity
