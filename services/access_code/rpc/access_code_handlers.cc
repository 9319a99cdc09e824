#include "services/access_code/rpc/access_code_handlers.h"

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "libs/audit/event.h"
#include "libs/email/address.h"
#include "libs/rpc/call.h"
#include "libs/rpc/change.h"
#include "libs/status/errors.h"
#include "libs/status/status_macros.h"
#include "services/access_code/domain/access_link.h"
#include "services/access_code/domain/errors.h"
#include "services/access_code/domain/limits.h"
#include "services/access_code/rpc/code_event.h"
#include "services/access_code/rpc/convert.h"
#include "services/access_code/rpc/notices.h"
#include "services/access_code/rpc/paging.h"
#include "services/access_code/rpc/reached_ends.h"
#include "services/access_code/storage/closed_accounts.h"
#include "services/access_code/storage/form_access_store.h"
#include "services/access_code/storage/grant_store.h"

namespace portal::access_code {
namespace {

rpc::Disclosed Disclosed(const v1::AccessCode& code) {
  return {"access_code", code.access_code_id(), code.patient_id()};
}

rpc::Disclosed DisclosedByIssue(const v1::IssueAccessCodeResponse& issued) {
  return Disclosed(issued.access_code());
}

}  // namespace

AccessCodeHandlers::AccessCodeHandlers(const Dependencies& dependencies)
    : deps_(dependencies),
      page_tokens_(dependencies.sealer),
      codes_(dependencies.pool, dependencies.peppers),
      attempts_(dependencies.pool),
      issuer_(dependencies),
      metrics_(dependencies.metrics),
      alarm_(dependencies.metrics, dependencies.refusal_alarm) {}

absl::StatusOr<v1::IssueAccessCodeResponse> AccessCodeHandlers::IssueAccessCode(
    const rpc::Context& context, const v1::IssueAccessCodeRequest& request) {
  ASSIGN_OR_RETURN(const HolderRelationship holder,
                   ParseHolder("holder_relationship", request.holder_relationship()));
  if (!request.send_to_email().empty()) {
    RETURN_IF_ERROR(email::CheckAddress("send_to_email", request.send_to_email()));
  }
  const auto issue =
      [&](db::Transaction& transaction) -> absl::StatusOr<v1::IssueAccessCodeResponse> {
    ASSIGN_OR_RETURN(const CodeTerms terms,
                     codes_.TermsFor(transaction, context.clinic_id(), context.patient_id()));
    ASSIGN_OR_RETURN(const absl::Duration validity,
                     ValidityOfDays(request.validity_days(), terms.validity_days));
    if (terms.birth_date_required && !terms.birth_date_known) return BirthDateUnknown();
    const absl::Time now = deps_.clock.Now();
    const AccessCode code = {.id = id::AccessCodeId::New(deps_.clock),
                             .clinic_id = context.clinic_id(),
                             .patient_id = context.patient_id(),
                             .issuer = context.account_id(),
                             .created_at = now,
                             .expires_at = now + validity,
                             .holder = holder,
                             .birth_date_demanded = terms.birth_date_required};
    ASSIGN_OR_RETURN(const IssuedCode issued, issuer_.Issue(transaction, context, code));
    if (!request.send_to_email().empty()) {
      SendAccessCode(transaction, deps_.outbox, code, issued.words, issued.link,
                     request.send_to_email());
      audit::Event sent = CodeEvent(context, code.id, code.clinic_id, code.patient_id);
      sent.action = "access_code.SendAccessCode";
      RETURN_IF_ERROR(audit::Append(transaction, deps_.clock, {sent}));
    }
    v1::IssueAccessCodeResponse response;
    *response.mutable_access_code() = ToProto(code, now);
    response.set_words(issued.words);
    response.set_access_link(issued.link);
    v1::InstructionSheet& sheet = *response.mutable_instruction_sheet();
    sheet.set_patient_display_name(terms.patient_display_name);
    sheet.set_clinic_id(code.clinic_id.ToString());
    sheet.set_entry_page(EntryPage(deps_.portal_base_url));
    *sheet.mutable_expire_time() = response.access_code().expire_time();
    sheet.set_birth_date_demanded(code.birth_date_demanded);
    return response;
  };
  return rpc::ChangeOnce<v1::IssueAccessCodeResponse>(deps_, context, request, issue,
                                                      DisclosedByIssue);
}

absl::StatusOr<v1::ListAccessCodesResponse> AccessCodeHandlers::ListAccessCodes(
    const rpc::Context& context, const v1::ListAccessCodesRequest& request) {
  ASSIGN_OR_RETURN(const int page_size,
                   rpc::PageSize(request.page_size(), kDefaultPageSize, kMaxPageSize));
  ASSIGN_OR_RETURN(const std::vector<std::string> position,
                   page_tokens_.Parse(request, request.page_token(), kPositionColumns));
  ASSIGN_OR_RETURN(const ListPosition after, ListPositionOf(position));
  ASSIGN_OR_RETURN(std::vector<AccessCode> codes,
                   codes_.List(rpc::CallOf(context), context.clinic_id(), context.patient_id(),
                               after, page_size + 1));
  v1::ListAccessCodesResponse response;
  if (codes.size() > page_size) {
    codes.resize(page_size);
    response.set_next_page_token(
        page_tokens_.Make(request, ToTexts(codes.back().created_at, codes.back().id.uuid())));
  }
  const absl::Time now = deps_.clock.Now();
  for (const AccessCode& code : codes) *response.add_access_codes() = ToProto(code, now);
  return response;
}

absl::StatusOr<v1::AccessCode> AccessCodeHandlers::CancelAccessCode(
    const rpc::Context& context, const v1::CancelAccessCodeRequest& request) {
  ASSIGN_OR_RETURN(const id::AccessCodeId access_code_id,
                   id::AccessCodeId::Parse("access_code_id", request.access_code_id()));
  const auto cancel = [&](db::Transaction& transaction) -> absl::StatusOr<v1::AccessCode> {
    const absl::Time now = deps_.clock.Now();
    ASSIGN_OR_RETURN(
        const AccessCode code,
        codes_.Cancel(transaction, context.clinic_id(), access_code_id, context.account_id(), now));
    RETURN_IF_ERROR(audit::Append(transaction, deps_.clock,
                                  {CodeEvent(context, code.id, code.clinic_id, code.patient_id)}));
    return ToProto(code, now);
  };
  return rpc::ChangeOnce<v1::AccessCode>(deps_, context, request, cancel, Disclosed);
}

absl::StatusOr<v1::RedeemAccessCodeResponse> AccessCodeHandlers::RedeemAccessCode(
    const rpc::Context& context, const v1::RedeemAccessCodeRequest& request) {
  using Response = v1::RedeemAccessCodeResponse;
  ASSIGN_OR_RETURN(const std::optional<absl::CivilDay> birth_date,
                   ParseBirthDate("birth_date", request.has_birth_date(), request.birth_date()));
  // Whoever lost the answer of a redemption gets it, however many attempts were made since.
  ASSIGN_OR_RETURN(
      const std::optional<Response> recorded,
      deps_.idempotency.Find<Response>(deps_.pool, rpc::CallOf(context),
                                       rpc::KeyOf(context, request.request_id()), request));
  if (!recorded.has_value()) RETURN_IF_ERROR(Admit(context));

  std::optional<RefusedCode> refused = RefusedCode{.refusal = Refusal::kMalformed};
  if (const auto words = CodeWords::Parse(deps_.words, request.code()); words.has_value()) {
    if (!recorded.has_value()) {
      RETURN_IF_ERROR(codes_.SpendBirthDateTry(rpc::CallOf(context), *words, deps_.clock.Now()));
    }
    absl::StatusOr<Response> response = Redeem(context, request, *words, birth_date, refused);
    if (!refused.has_value()) return response;
  }
  metrics_.Refused(refused->refusal);
  if (refused->refusal != Refusal::kGrantExists) alarm_.Count(deps_.clock.Now());
  return Refuse(context, ToStatus(refused->refusal), refused->meant);
}

absl::Status AccessCodeHandlers::Admit(const rpc::Context& context) {
  absl::Status admitted = attempts_.Admit(rpc::CallOf(context), context.account_id(),
                                          context.call().client_address, deps_.clock.Now());
  if (!absl::IsResourceExhausted(admitted)) return admitted;
  metrics_.Throttled();
  return Refuse(context, std::move(admitted), std::nullopt);
}

absl::StatusOr<v1::RedeemAccessCodeResponse> AccessCodeHandlers::Redeem(
    const rpc::Context& context, const v1::RedeemAccessCodeRequest& request, const CodeWords& words,
    const std::optional<absl::CivilDay>& birth_date, std::optional<RefusedCode>& refused) {
  const absl::Time now = deps_.clock.Now();
  const auto redeem =
      [&](db::Transaction& transaction) -> absl::StatusOr<v1::RedeemAccessCodeResponse> {
    refused.reset();
    if (IsAccountClosed(transaction, context.account_id())) {
      refused = RefusedCode{.refusal = Refusal::kAccountClosed};
      return ToStatus(refused->refusal);
    }
    RETURN_IF_ERROR(
        NoteReachedEnds(transaction, deps_.outbox, deps_.clock,
                        GrantStore::EndPassedOf(transaction, context.account_id(), now)));
    ASSIGN_OR_RETURN(const Redemption redemption,
                     codes_.Redeem(transaction, words, birth_date, context.account_id(),
                                   id::GrantId::New(deps_.clock), now));
    if (const auto* redeemed = std::get_if<RedeemedCode>(&redemption)) {
      return Record(transaction, context, *redeemed);
    }
    if (const auto* form = std::get_if<FormAccess>(&redemption)) {
      return Record(transaction, context, *form);
    }
    refused = std::get<RefusedCode>(redemption);
    return ToStatus(refused->refusal);
  };
  refused.reset();
  using Response = v1::RedeemAccessCodeResponse;
  std::optional<AccessiblePatient> opened;
  auto response = deps_.idempotency.Run<Response>(
      deps_.pool, rpc::CallOf(context), rpc::KeyOf(context, request.request_id()), request, redeem,
      /*redact=*/nullptr, [&](db::Transaction& transaction, const Response& recorded) {
        return Repeat(transaction, context, recorded, refused, opened);
      });
  if (response.ok() && opened.has_value()) *response->mutable_patient() = ToProto(*opened);
  // Refused by a constraint: another code for the patient, or for the form, was being redeemed for
  // this account.
  if (!refused.has_value() && status::ReasonOf(response.status()) == "GRANT_EXISTS") {
    refused = RefusedCode{.refusal = Refusal::kGrantExists};
  }
  return response;
}

absl::Status AccessCodeHandlers::Repeat(db::Transaction& transaction, const rpc::Context& context,
                                        const v1::RedeemAccessCodeResponse& recorded,
                                        std::optional<RefusedCode>& refused,
                                        std::optional<AccessiblePatient>& opened) const {
  if (recorded.has_form()) return RepeatForm(transaction, context, recorded.form(), refused);
  ASSIGN_OR_RETURN(const auto grant_id,
                   id::GrantId::Parse("grant_id", recorded.patient().grant_id()));
  opened = GrantStore::Held(transaction, context.account_id(), grant_id, deps_.clock.Now());
  if (!opened.has_value()) {
    refused = RefusedCode{.refusal = Refusal::kUsed};
    return ToStatus(refused->refusal);
  }
  audit::Event event = context.AuditEvent();
  event.clinic_id = opened->clinic_id;
  event.patient_id = opened->patient_id;
  event.resource_kind = "grant";
  event.resource_id = grant_id.ToString();
  event.outcome = rpc::kRepeated;
  return audit::Append(transaction, deps_.clock, {event});
}

absl::Status AccessCodeHandlers::RepeatForm(db::Transaction& transaction,
                                            const rpc::Context& context,
                                            const v1::OpenedForm& recorded,
                                            std::optional<RefusedCode>& refused) const {
  ASSIGN_OR_RETURN(const auto form_assignment_id,
                   FormAssignmentId::Parse("form_assignment_id", recorded.form_assignment_id()));
  const std::optional<FormAccess> held =
      FormAccessStore::Held(transaction, context.account_id(), form_assignment_id);
  if (!held.has_value()) {
    refused = RefusedCode{.refusal = Refusal::kUsed};
    return ToStatus(refused->refusal);
  }
  audit::Event event = CodeEvent(context, held->access_code_id, held->clinic_id, held->patient_id);
  event.outcome = rpc::kRepeated;
  return audit::Append(transaction, deps_.clock, {event});
}

absl::StatusOr<v1::RedeemAccessCodeResponse> AccessCodeHandlers::Record(
    db::Transaction& transaction, const rpc::Context& context, const RedeemedCode& redeemed) {
  const AccessiblePatient& patient = redeemed.patient;
  RETURN_IF_ERROR(audit::Append(
      transaction, deps_.clock,
      {CodeEvent(context, redeemed.access_code_id, patient.clinic_id, patient.patient_id)}));
  TellAccessGranted(transaction, deps_.outbox, patient.clinic_id, patient.patient_id,
                    GrantStore::Holders(transaction, patient.clinic_id, patient.patient_id,
                                        patient.granted_at, context.account_id()));
  transaction.AfterCommit([this] { metrics_.Redeemed(); });
  v1::RedeemAccessCodeResponse response;
  *response.mutable_patient() = ToProto(patient);
  return response;
}

absl::StatusOr<v1::RedeemAccessCodeResponse> AccessCodeHandlers::Record(
    db::Transaction& transaction, const rpc::Context& context, const FormAccess& opened) {
  RETURN_IF_ERROR(audit::Append(
      transaction, deps_.clock,
      {CodeEvent(context, opened.access_code_id, opened.clinic_id, opened.patient_id)}));
  transaction.AfterCommit([this] { metrics_.Redeemed(); });
  v1::RedeemAccessCodeResponse response;
  response.mutable_form()->set_form_assignment_id(opened.form_assignment_id.ToString());
  response.mutable_form()->set_clinic_id(opened.clinic_id.ToString());
  return response;
}

absl::Status AccessCodeHandlers::Refuse(const rpc::Context& context, absl::Status refusal,
                                        const std::optional<RefusedCode::Meant>& meant) {
  audit::Event event = meant.has_value() ? CodeEvent(context, meant->access_code_id,
                                                     meant->clinic_id, meant->patient_id)
                                         : context.AuditEvent();
  event.outcome = status::ReasonOf(refusal);
  RETURN_IF_ERROR(deps_.pool.Execute(rpc::CallOf(context), [&](db::Session& session) {
    return audit::Append(session, deps_.clock, {event});
  }));
  return refusal;
}

}  // namespace portal::access_code
