#include "services/records/rpc/audit_handlers.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "libs/rpc/call.h"
#include "libs/status/errors.h"
#include "libs/status/status_macros.h"
#include "services/records/domain/audit_trail.h"
#include "services/records/domain/errors.h"
#include "services/records/domain/limits.h"
#include "services/records/rpc/convert_audit.h"
#include "services/records/rpc/paging.h"

namespace portal::records {
namespace {

// The instant of `request`'s field, or `absent`.
absl::Time ParseInstant(const char* field, bool is_set,
                        const google::protobuf::Timestamp& timestamp, absl::Time absent,
                        status::FieldViolations& violations) {
  if (!is_set) return absent;
  const std::optional<absl::Time> time = InstantOf(timestamp);
  if (!time.has_value()) violations.Add(field, "must be after 1970 and before the year 10000");
  return time.value_or(absent);
}

struct AuditQuery {
  AuditFilter filter;
  absl::Time end;  // before it
};

template <typename Request>
absl::StatusOr<AuditQuery> ParseQuery(const Request& request) {
  AuditQuery query;
  status::FieldViolations violations;
  if (!request.actor_id().empty()) {
    const auto actor_id = id::AccountId::Parse("actor_id", request.actor_id());
    violations.Add(actor_id.status());
    query.filter.actor_id = actor_id.value_or(id::AccountId());
  }
  query.filter.start = ParseInstant("start_time", request.has_start_time(), request.start_time(),
                                    absl::UnixEpoch(), violations);
  query.end = ParseInstant("end_time", request.has_end_time(), request.end_time(),
                           AuditPosition().occurred_at, violations);
  if (violations.empty() && query.end <= query.filter.start) {
    violations.Add("end_time", "must be after start_time");
  }
  RETURN_IF_ERROR(violations.ToStatus());
  return query;
}

// A page of either list for staff.
template <typename Response, typename Request>
absl::StatusOr<Response> Page(
    const rpc::PageTokens& page_tokens, const Request& request,
    absl::FunctionRef<absl::StatusOr<std::vector<AuditEvent>>(
        const AuditFilter& filter, const AuditPosition& before, int limit)>
        list) {
  ASSIGN_OR_RETURN(const AuditQuery query, ParseQuery(request));
  ASSIGN_OR_RETURN(const int page_size,
                   rpc::PageSize(request.page_size(), kDefaultAuditPage, kMaxAuditPage));
  ASSIGN_OR_RETURN(const std::vector<std::string> position,
                   page_tokens.Parse(request, request.page_token(), kAuditColumns));
  ASSIGN_OR_RETURN(const AuditPosition before, AuditPositionOf(position, query.end));
  ASSIGN_OR_RETURN(const std::vector<AuditEvent> events, list(query.filter, before, page_size + 1));
  Response response;
  const AuditEvent* last = FillPage(events, page_size, *response.mutable_audit_events());
  if (last != nullptr) response.set_next_page_token(page_tokens.Make(request, ToTexts(*last)));
  return response;
}

}  // namespace

absl::StatusOr<v1::ListAuditEventsResponse> AuditHandlers::ListAuditEvents(
    const rpc::Context& context, const v1::ListAuditEventsRequest& request) {
  return Page<v1::ListAuditEventsResponse>(
      page_tokens_, request,
      [&](const AuditFilter& filter, const AuditPosition& before, int limit) {
        return trail_.List(rpc::CallOf(context), context.clinic_id(), filter, before, limit);
      });
}

absl::StatusOr<v1::ListPatientAuditEventsResponse> AuditHandlers::ListPatientAuditEvents(
    const rpc::Context& context, const v1::ListPatientAuditEventsRequest& request) {
  if (!context.passport().RolesAt(context.clinic_id()).Has(auth::StaffRole::kOwner)) {
    ASSIGN_OR_RETURN(const bool has_treated,
                     trail_.HasTreated(rpc::CallOf(context), context.clinic_id(),
                                       context.patient_id(), context.account_id()));
    if (!has_treated) return NotOwnPatient();
  }
  return Page<v1::ListPatientAuditEventsResponse>(
      page_tokens_, request,
      [&](const AuditFilter& filter, const AuditPosition& before, int limit) {
        return trail_.ListOfPatient(rpc::CallOf(context), context.clinic_id(), context.patient_id(),
                                    filter, before, limit);
      });
}

absl::StatusOr<v1::ListMyRecordAccessesResponse> AuditHandlers::ListMyRecordAccesses(
    const rpc::Context& context, const v1::ListMyRecordAccessesRequest& request) {
  ASSIGN_OR_RETURN(const std::vector<std::string> position,
                   page_tokens_.Parse(request, request.page_token(), 1));
  AuditTrailStore::AccessQuery query{.patient_id = context.patient_id(),
                                     .viewer = context.account_id(),
                                     .others_until = OtherHoldersShownUntil(clock_.Now())};
  if (!position.empty()) {
    int64_t before_us = 0;
    if (!absl::SimpleAtoi(position[0], &before_us)) return status::PageTokenInvalid();
    query.before = absl::FromUnixMicros(before_us);
  }
  ASSIGN_OR_RETURN(const AuditTrailStore::AccessPage page,
                   trail_.ListAccesses(rpc::CallOf(context), query, kAccessesTogether));
  v1::ListMyRecordAccessesResponse response;
  for (const RecordAccess& access : Collapse(page.counts)) {
    *response.add_record_accesses() = ToProto(access, context.account_id());
  }
  if (page.next_before.has_value()) {
    response.set_next_page_token(
        page_tokens_.Make(request, {absl::StrCat(absl::ToUnixMicros(*page.next_before))}));
  }
  return response;
}

}  // namespace portal::records
