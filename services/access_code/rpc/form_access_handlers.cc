#include "services/access_code/rpc/form_access_handlers.h"

#include <optional>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "libs/audit/event.h"
#include "libs/rpc/call.h"
#include "libs/rpc/change.h"
#include "libs/rpc/timestamp.h"
#include "libs/status/errors.h"
#include "libs/status/status_macros.h"
#include "services/access_code/domain/access_code.h"
#include "services/access_code/domain/access_link.h"
#include "services/access_code/domain/errors.h"
#include "services/access_code/domain/limits.h"
#include "services/access_code/rpc/convert.h"

namespace portal::access_code {
namespace {

constexpr char kResourceKind[] = "form_assignment";

absl::StatusOr<std::vector<FormAssignmentId>> ParseAssignments(
    const v1::CheckFormAccessRequest& request) {
  if (request.form_assignment_ids().empty() ||
      request.form_assignment_ids_size() > kMaxCheckedForms) {
    return status::InvalidField("form_assignment_ids",
                                absl::StrCat("must be 1 to ", kMaxCheckedForms));
  }
  std::vector<FormAssignmentId> ids;
  status::FieldViolations violations;
  for (const std::string& text : request.form_assignment_ids()) {
    const auto id =
        FormAssignmentId::Parse(absl::StrCat("form_assignment_ids[", ids.size(), "]"), text);
    if (!id.ok()) violations.Add(id.status());
    ids.push_back(id.value_or(FormAssignmentId()));
  }
  RETURN_IF_ERROR(violations.ToStatus());
  return ids;
}

// Of an assignment as a whole, whatever codes and accounts it concerned.
audit::Event EventAbout(const rpc::Context& context, const id::PatientId& patient_id,
                        const FormAssignmentId& form_assignment_id) {
  audit::Event event = context.AuditEvent();
  event.patient_id = patient_id;
  event.resource_kind = kResourceKind;
  event.resource_id = form_assignment_id.ToString();
  return event;
}

rpc::Disclosed DisclosedByIssue(const v1::IssueFormAccessCodeResponse& issued) {
  return {"access_code", issued.access_code().access_code_id(), issued.access_code().patient_id()};
}

template <typename Response>
rpc::Disclosed DisclosedByEnd(const Response& ended) {
  return {kResourceKind, ended.form_assignment_id(), ended.patient_id()};
}

}  // namespace

absl::StatusOr<v1::IssueFormAccessCodeResponse> FormAccessHandlers::IssueFormAccessCode(
    const rpc::Context& context, const v1::IssueFormAccessCodeRequest& request) {
  ASSIGN_OR_RETURN(const FormAssignmentId form_assignment_id,
                   FormAssignmentId::Parse("form_assignment_id", request.form_assignment_id()));
  const auto issue =
      [&](db::Transaction& transaction) -> absl::StatusOr<v1::IssueFormAccessCodeResponse> {
    ASSIGN_OR_RETURN(const CodeTerms terms,
                     codes_.TermsFor(transaction, context.clinic_id(), context.patient_id()));
    ASSIGN_OR_RETURN(const absl::Duration validity,
                     ValidityOfDays(request.validity_days(), terms.validity_days));
    const absl::Time now = deps_.clock.Now();
    const AccessCode code = {.id = id::AccessCodeId::New(deps_.clock),
                             .clinic_id = context.clinic_id(),
                             .patient_id = context.patient_id(),
                             .issuer = context.account_id(),
                             .created_at = now,
                             .expires_at = now + validity,
                             .form_assignment_id = form_assignment_id};
    ASSIGN_OR_RETURN(const IssuedCode issued, issuer_.Issue(transaction, context, code));
    v1::IssueFormAccessCodeResponse response;
    *response.mutable_access_code() = ToProto(code, now);
    response.set_words(issued.words);
    response.set_access_link(issued.link);
    response.set_entry_page(EntryPage(deps_.portal_base_url));
    return response;
  };
  return rpc::ChangeOnce<v1::IssueFormAccessCodeResponse>(deps_, context, request, issue,
                                                          DisclosedByIssue);
}

absl::StatusOr<v1::CancelFormAccessCodesResponse> FormAccessHandlers::CancelFormAccessCodes(
    const rpc::Context& context, const v1::CancelFormAccessCodesRequest& request) {
  using Response = v1::CancelFormAccessCodesResponse;
  ASSIGN_OR_RETURN(const FormAssignmentId form_assignment_id,
                   FormAssignmentId::Parse("form_assignment_id", request.form_assignment_id()));
  const auto cancel = [&](db::Transaction& transaction) -> absl::StatusOr<Response> {
    const auto patient_id =
        FormAccessStore::PatientOf(transaction, context.clinic_id(), form_assignment_id);
    if (!patient_id.has_value()) return AccessCodeNotFound();
    const absl::Time now = deps_.clock.Now();
    Response response;
    response.set_form_assignment_id(form_assignment_id.ToString());
    response.set_patient_id(patient_id->ToString());
    for (const AccessCode& code : AccessCodeStore::CancelOfForm(
             transaction, context.clinic_id(), form_assignment_id, context.account_id(), now)) {
      *response.add_access_codes() = ToProto(code, now);
    }
    RETURN_IF_ERROR(audit::Append(transaction, deps_.clock,
                                  {EventAbout(context, *patient_id, form_assignment_id)}));
    return response;
  };
  return rpc::ChangeOnce<Response>(deps_, context, request, cancel, DisclosedByEnd<Response>);
}

absl::StatusOr<v1::RevokeFormAccessResponse> FormAccessHandlers::RevokeFormAccess(
    const rpc::Context& context, const v1::RevokeFormAccessRequest& request) {
  using Response = v1::RevokeFormAccessResponse;
  ASSIGN_OR_RETURN(const FormAssignmentId form_assignment_id,
                   FormAssignmentId::Parse("form_assignment_id", request.form_assignment_id()));
  const auto revoke = [&](db::Transaction& transaction) -> absl::StatusOr<Response> {
    const auto patient_id =
        FormAccessStore::PatientOf(transaction, context.clinic_id(), form_assignment_id);
    if (!patient_id.has_value()) return AccessCodeNotFound();
    Response response;
    response.set_form_assignment_id(form_assignment_id.ToString());
    response.set_patient_id(patient_id->ToString());
    for (const id::AccountId& account_id :
         FormAccessStore::Revoke(transaction, context.clinic_id(), form_assignment_id,
                                 context.account_id(), deps_.clock.Now())) {
      response.add_account_ids(account_id.ToString());
    }
    RETURN_IF_ERROR(audit::Append(transaction, deps_.clock,
                                  {EventAbout(context, *patient_id, form_assignment_id)}));
    return response;
  };
  return rpc::ChangeOnce<Response>(deps_, context, request, revoke, DisclosedByEnd<Response>);
}

absl::StatusOr<v1::CheckFormAccessResponse> FormAccessHandlers::CheckFormAccess(
    const rpc::Context& context, const v1::CheckFormAccessRequest& request) {
  ASSIGN_OR_RETURN(const std::vector<FormAssignmentId> asked, ParseAssignments(request));
  ASSIGN_OR_RETURN(const FormAccessStore::OpenForms open,
                   forms_.Check(rpc::CallOf(context), context.account_id(), asked));
  v1::CheckFormAccessResponse response;
  for (const FormAssignmentId& form_assignment_id : asked) {
    const auto found = open.find(form_assignment_id);
    if (found == open.end()) continue;
    v1::FormAccess& access = *response.add_forms();
    access.set_form_assignment_id(form_assignment_id.ToString());
    *access.mutable_redeem_time() = rpc::ToProto(found->second);
  }
  return response;
}

}  // namespace portal::access_code
