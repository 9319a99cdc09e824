#ifndef LIBS_RPC_PAGE_TOKEN_H_
#define LIBS_RPC_PAGE_TOKEN_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"
#include "libs/crypto/sealer.h"
#include "libs/id/uuid.h"
#include "libs/status/errors.h"

namespace portal::rpc {

// Turns the keyset position after a page into the opaque `next_page_token`, and back. A token is
// sealed, so it shows nothing of the row it names, and bound to the query it came from: the
// request's type and all its fields except page_size and page_token.
class PageTokens {
 public:
  // `sealer` outlives this.
  explicit PageTokens(const crypto::Sealer& sealer) : sealer_(sealer) {}

  // `position`: the sort key of the last row on the page, as text.
  std::string Make(const google::protobuf::Message& request,
                   const std::vector<std::string>& position) const;

  // The position, `columns` texts; empty for the first page. INVALID_ARGUMENT/PAGE_TOKEN_INVALID
  // for anything that Make() did not return for the same query.
  absl::StatusOr<std::vector<std::string>> Parse(const google::protobuf::Message& request,
                                                 absl::string_view page_token,
                                                 size_t columns) const;

 private:
  const crypto::Sealer& sealer_;
};

// The position of a list whose sort key is an id; none on the first page. PAGE_TOKEN_INVALID for
// what is no id: tokens are sealed, so this one is of another list, or of another release.
template <class IdType>
absl::StatusOr<std::optional<IdType>> IdPosition(const std::vector<std::string>& position) {
  if (position.empty()) return std::nullopt;
  const std::optional<id::Uuid> uuid = id::Uuid::Parse(position[0]);
  if (!uuid.has_value()) return status::PageTokenInvalid();
  return IdType(*uuid);
}

// The page size asked for: `fallback` for 0, INVALID_ARGUMENT/INVALID_FIELD outside 1 to `maximum`.
absl::StatusOr<int> PageSize(int requested, int fallback, int maximum);

}  // namespace portal::rpc

#endif  // LIBS_RPC_PAGE_TOKEN_H_
