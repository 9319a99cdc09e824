#include "libs/rpc/page_token.h"

#include <memory>
#include <optional>

#include "absl/strings/str_cat.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "libs/crypto/encoding.h"
#include "libs/status/errors.h"
#include "nlohmann/json.hpp"

namespace portal::rpc {
namespace {

using google::protobuf::Message;

// A sort key is a few names and an id.
constexpr size_t kMaxTokenBytes = 8 * 1024;

std::string Deterministic(const Message& message) {
  std::string bytes;
  google::protobuf::io::StringOutputStream stream(&bytes);
  google::protobuf::io::CodedOutputStream coded(&stream);
  coded.SetSerializationDeterministic(true);
  message.SerializeToCodedStream(&coded);
  coded.Trim();
  return bytes;
}

// What a token is bound to: the query without its paging.
std::string QueryOf(const Message& request) {
  std::unique_ptr<Message> query(request.New());
  query->CopyFrom(request);
  for (const char* name : {"page_size", "page_token"}) {
    const auto* field = query->GetDescriptor()->FindFieldByName(name);
    if (field != nullptr) query->GetReflection()->ClearField(query.get(), field);
  }
  return absl::StrCat("page_token|", request.GetDescriptor()->full_name(), "|",
                      Deterministic(*query));
}

std::optional<std::vector<std::string>> ParsePosition(const std::string& json, size_t columns) {
  const auto parsed = nlohmann::json::parse(json, nullptr, /*allow_exceptions=*/false);
  if (!parsed.is_array() || parsed.size() != columns) return std::nullopt;
  std::vector<std::string> position;
  for (const auto& column : parsed) {
    if (!column.is_string()) return std::nullopt;
    position.push_back(column.get<std::string>());
  }
  return position;
}

}  // namespace

std::string PageTokens::Make(const Message& request,
                             const std::vector<std::string>& position) const {
  return crypto::Base64UrlEncode(sealer_.Seal(nlohmann::json(position).dump(), QueryOf(request)));
}

absl::StatusOr<std::vector<std::string>> PageTokens::Parse(const Message& request,
                                                           absl::string_view page_token,
                                                           size_t columns) const {
  if (page_token.empty()) return std::vector<std::string>();
  if (page_token.size() > kMaxTokenBytes) return status::PageTokenInvalid();
  const std::optional<std::string> sealed = crypto::Base64UrlDecode(page_token);
  if (!sealed.has_value()) return status::PageTokenInvalid();
  const absl::StatusOr<std::string> json = sealer_.Open(*sealed, QueryOf(request));
  if (!json.ok()) return status::PageTokenInvalid();
  std::optional<std::vector<std::string>> position = ParsePosition(*json, columns);
  if (!position.has_value()) return status::PageTokenInvalid();
  return *std::move(position);
}

absl::StatusOr<int> PageSize(int requested, int fallback, int maximum) {
  if (requested == 0) return fallback;
  if (requested < 0 || requested > maximum) {
    return status::InvalidField("page_size", absl::StrCat("must be 1 to ", maximum, ", or 0"));
  }
  return requested;
}

}  // namespace portal::rpc
