#include "libs/status/errors.h"

#include <algorithm>
#include <cstdint>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "google/rpc/error_details.pb.h"
#include "portal/errors/v1/reason.pb.h"

namespace portal::status {
namespace {

constexpr absl::string_view kDomain = "portal";

template <typename Detail>
std::string TypeUrl() {
  return absl::StrCat("type.googleapis.com/", Detail::descriptor()->full_name());
}

template <typename Detail>
void Attach(const Detail& detail, absl::Status& status) {
  status.SetPayload(TypeUrl<Detail>(), absl::Cord(detail.SerializeAsString()));
}

template <typename Detail>
std::optional<Detail> DetailOf(const absl::Status& status) {
  const auto payload = status.GetPayload(TypeUrl<Detail>());
  Detail detail;
  if (!payload.has_value() || !detail.ParseFromString(std::string(*payload))) return std::nullopt;
  return detail;
}

bool IsDeclared(absl::string_view reason) {
  errors::v1::Reason value;
  return errors::v1::Reason_Parse(absl::StrCat("REASON_", reason), &value) &&
         value != errors::v1::REASON_UNSPECIFIED;
}

// At most `max` bytes, cut between two UTF-8 characters.
std::string Cut(absl::string_view text, size_t max) {
  if (text.size() <= max) return std::string(text);
  while (max > 0 && (static_cast<uint8_t>(text[max]) & 0xC0) == 0x80) --max;
  return std::string(text.substr(0, max));
}

}  // namespace

absl::Status Error(absl::StatusCode code, absl::string_view reason, absl::string_view message,
                   const Metadata& metadata) {
  if (code == absl::StatusCode::kOk || !IsDeclared(reason)) {
    return Internal(absl::StrCat("an error was made with code ", absl::StatusCodeToString(code),
                                 " and reason ", reason, "; reason.proto does not know that"));
  }
  google::rpc::ErrorInfo info;
  info.set_domain(std::string(kDomain));
  info.set_reason(std::string(reason));
  info.mutable_metadata()->insert(metadata.begin(), metadata.end());
  absl::Status status(code, message);
  Attach(info, status);
  return status;
}

std::string ReasonOf(const absl::Status& status) {
  const auto info = DetailOf<google::rpc::ErrorInfo>(status);
  return info.has_value() && info->domain() == kDomain ? info->reason() : "";
}

Metadata MetadataOf(const absl::Status& status) {
  const auto info = DetailOf<google::rpc::ErrorInfo>(status);
  if (!info.has_value()) return {};
  return Metadata(info->metadata().begin(), info->metadata().end());
}

absl::Status WithRetryAfter(absl::Status status, absl::Duration delay) {
  delay = std::max(delay, absl::ZeroDuration());
  google::rpc::RetryInfo info;
  info.mutable_retry_delay()->set_seconds(absl::IDivDuration(delay, absl::Seconds(1), &delay));
  info.mutable_retry_delay()->set_nanos(static_cast<int32_t>(absl::ToInt64Nanoseconds(delay)));
  Attach(info, status);
  return status;
}

std::optional<absl::Duration> RetryAfterOf(const absl::Status& status) {
  const auto info = DetailOf<google::rpc::RetryInfo>(status);
  if (!info.has_value()) return std::nullopt;
  return absl::Seconds(info->retry_delay().seconds()) +
         absl::Nanoseconds(info->retry_delay().nanos());
}

absl::Status InvalidField(absl::string_view field, absl::string_view description) {
  FieldViolations violations;
  violations.Add(field, description);
  return violations.ToStatus();
}

void FieldViolations::Add(absl::string_view field, absl::string_view description) {
  if (violations_.size() == kMaxViolations) return;
  violations_.push_back({Cut(field, kMaxFieldBytes), Cut(description, kMaxDescriptionBytes)});
}

void FieldViolations::Add(const absl::Status& status) {
  const auto bad_request = DetailOf<google::rpc::BadRequest>(status);
  if (!bad_request.has_value()) return;
  for (const auto& violation : bad_request->field_violations()) {
    Add(violation.field(), violation.description());
  }
}

absl::Status FieldViolations::ToStatus() const {
  if (violations_.empty()) return absl::OkStatus();
  google::rpc::BadRequest bad_request;
  for (const Violation& violation : violations_) {
    auto& added = *bad_request.add_field_violations();
    added.set_field(violation.field);
    added.set_description(violation.description);
  }
  absl::Status status = Error(absl::StatusCode::kInvalidArgument, "INVALID_FIELD",
                              absl::StrCat(violations_[0].field, ": ", violations_[0].description));
  Attach(bad_request, status);
  return status;
}

std::vector<std::string> InvalidFieldsOf(const absl::Status& status) {
  const auto bad_request = DetailOf<google::rpc::BadRequest>(status);
  std::vector<std::string> fields;
  if (!bad_request.has_value()) return fields;
  for (const auto& violation : bad_request->field_violations()) fields.push_back(violation.field());
  return fields;
}

absl::Status EtagMismatch() {
  return Error(absl::StatusCode::kAborted, "ETAG_MISMATCH",
               "the resource has changed; read it again");
}

absl::Status Contention() {
  return Error(absl::StatusCode::kAborted, "CONTENTION",
               "other changes interfered; nothing was changed, try again");
}

absl::Status Overloaded(absl::Duration retry_after) {
  return WithRetryAfter(Error(absl::StatusCode::kUnavailable, "OVERLOADED",
                              "too much work is queued; nothing was done, try again later"),
                        retry_after);
}

absl::Status DependencyUnavailable(absl::string_view what) {
  return Error(absl::StatusCode::kUnavailable, "DEPENDENCY_UNAVAILABLE",
               absl::StrCat(what, " cannot be reached; nothing was changed"));
}

absl::Status CommitInDoubt() {
  return Error(absl::StatusCode::kUnavailable, "COMMIT_IN_DOUBT",
               "the connection was lost during the change; repeat it with the same request id");
}

absl::Status PageTokenInvalid() {
  return Error(absl::StatusCode::kInvalidArgument, "PAGE_TOKEN_INVALID",
               "the page token was not issued for this query");
}

absl::Status RequestIdReused() {
  return Error(absl::StatusCode::kInvalidArgument, "REQUEST_ID_REUSED",
               "the request id was used before with another request");
}

absl::Status DeadlineExceeded() {
  return Error(absl::StatusCode::kDeadlineExceeded, "DEADLINE_EXCEEDED",
               "the work could not be finished in the time given; nothing was changed");
}

absl::Status Cancelled() {
  return Error(absl::StatusCode::kCancelled, "CANCELLED",
               "the caller gave up before the work began; nothing was changed");
}

absl::Status Internal(absl::string_view message) {
  return Error(absl::StatusCode::kInternal, "INTERNAL", message);
}

}  // namespace portal::status
