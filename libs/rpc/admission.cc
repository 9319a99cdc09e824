#include "libs/rpc/admission.h"

#include <algorithm>
#include <utility>

#include "grpcpp/impl/codegen/proto_utils.h"
#include "libs/auth/peer.h"
#include "libs/id/uuid.h"
#include "libs/rpc/channel.h"
#include "libs/rpc/limits.h"
#include "libs/rpc/text_check.h"
#include "libs/status/errors.h"
#include "libs/status/status_macros.h"

namespace portal::rpc {
namespace {

// The value of a metadata key; empty if it is missing, repeated or longer than `limit`.
std::string MetadataValue(const grpc::CallbackServerContext& server, const char* key,
                          size_t limit = kMaxMetadataValueBytes) {
  const auto [begin, end] = server.client_metadata().equal_range(key);
  if (begin == end || std::next(begin) != end || begin->second.size() > limit) return "";
  return std::string(begin->second.data(), begin->second.size());
}

// `text`, or nothing if it has any other character: what is taken over goes into logs and the audit
// trail.
std::string ConsistsOf(std::string text, const char* characters) {
  return text.find_first_not_of(characters) == std::string::npos ? text : std::string();
}

// The gateway makes one for each request from outside; a caller that sends none gets one here.
std::string RequestId(const grpc::CallbackServerContext& server, const time::Clock& clock) {
  std::string id = MetadataValue(server, kRequestIdKey);
  return id::Uuid::Parse(id).has_value() ? id : id::NewUuidV7(clock).ToString();
}

// The address that the proxy next to us saw is the last one; what stands before it anybody may have
// written, in any length: it must not keep the last one from being read.
std::string ClientAddress(const grpc::CallbackServerContext& server) {
  const auto [begin, end] = server.client_metadata().equal_range(kClientAddressKey);
  if (begin == end) return "";
  const grpc::string_ref& value = std::prev(end)->second;
  absl::string_view address(value.data(), value.size());
  address.remove_prefix(address.find_last_of(", ") + 1);  // 0 if there is one address only
  if (address.size() > kMaxMetadataValueBytes) return "";
  return ConsistsOf(std::string(address), "0123456789abcdefABCDEF:.");
}

Context::Call CallOf(const AdmissionRules& rules, const MethodTable::Method& method,
                     const grpc::CallbackServerContext& server) {
  const absl::Time latest = rules.clock->Now() + rules.max_deadline;
  return {.method = method.path,
          .service = auth::PeerService(*server.auth_context(), rules.trust_domain),
          .client_address = ClientAddress(server),
          .request_id = RequestId(server, *rules.clock),
          .traceparent = ConsistsOf(MetadataValue(server, kTraceparentKey), "0123456789abcdef-"),
          .deadline = std::min(latest, absl::FromChrono(server.deadline())),
          .cancelled = [&server, streams = rules.streams] {
            return server.IsCancelled() || (streams != nullptr && streams->ended());
          }};
}

struct Person {
  std::string token;
  std::shared_ptr<const auth::Passport> passport;
};

absl::StatusOr<Person> PersonOf(const AdmissionRules& rules, const MethodTable::Method& method,
                                const grpc::CallbackServerContext& server) {
  Person person;
  if (!method.policy.needs_passport()) return person;
  const auto [begin, end] = server.client_metadata().equal_range(kPassportKey);
  if (begin == end) return person;
  person.token = MetadataValue(server, kPassportKey, auth::kMaxPassportBytes);
  ASSIGN_OR_RETURN(person.passport, rules.passports->Verify(person.token));
  return person;
}

absl::StatusOr<std::unique_ptr<google::protobuf::Message>> ParseRequest(
    const MethodTable::Method& method, const grpc::ByteBuffer& bytes) {
  std::unique_ptr<google::protobuf::Message> request(method.request->New());
  grpc::ByteBuffer shared = bytes;  // parsing consumes its buffer; the bytes are not copied
  const grpc::Status parsed =
      grpc::GenericDeserialize<grpc::ProtoBufferReader, google::protobuf::Message>(&shared,
                                                                                   request.get());
  if (!parsed.ok()) {
    return status::InvalidField("", "the request is malformed, or a text in it is not UTF-8");
  }
  RETURN_IF_ERROR(CheckTexts(*request));
  return request;
}

}  // namespace

AdmittedCall Admit(const AdmissionRules& rules, const MethodTable::Method& method,
                   const grpc::CallbackServerContext& server, const grpc::ByteBuffer& bytes) {
  const absl::Time arrived_at = rules.clock->Now();
  Context::Call call = CallOf(rules, method, server);
  Person person;
  std::unique_ptr<google::protobuf::Message> request;
  auth::MethodPolicy::Admission admission;
  const absl::Status status = [&]() -> absl::Status {
    RETURN_IF_ERROR(method.policy.AdmitService(call.service));
    if (!bytes.Valid()) return status::Cancelled();  // the caller left before its request was here
    ASSIGN_OR_RETURN(person, PersonOf(rules, method, server));
    if (method.policy.needs_passport() && person.passport == nullptr) {
      return method.policy.AdmitPerson(nullptr, *method.request, admission);
    }
    ASSIGN_OR_RETURN(request, ParseRequest(method, bytes));
    return method.policy.AdmitPerson(person.passport.get(), *request, admission);
  }();
  return {.arrived_at = arrived_at,
          .status = status,
          .request = std::move(request),
          .context = Context(std::move(call), method.policy.caller(), std::move(person.passport),
                             std::move(person.token), std::move(admission))};
}

}  // namespace portal::rpc
