#include "libs/db/errors.h"

#include "libs/status/errors.h"

namespace portal::db::internal {

void ThrowInternal(absl::string_view message) { throw StatusError(status::Internal(message)); }

absl::Status InvalidText() {
  return status::Error(absl::StatusCode::kInvalidArgument, "INVALID_FIELD",
                       "a text is not UTF-8 or contains a NUL character");
}

absl::string_view ConstraintName(absl::string_view what) {
  constexpr absl::string_view kName = "\nCONSTRAINT NAME:  ";
  const size_t end = what.rfind("\nLOCATION:  ");
  if (end == absl::string_view::npos || end == 0) return "";
  const size_t begin = what.rfind('\n', end - 1);
  if (begin == absl::string_view::npos || what.substr(begin, kName.size()) != kName) return "";
  return what.substr(begin + kName.size(), end - begin - kName.size());
}

bool MeansConnectionLost(absl::string_view sqlstate) {
  const absl::string_view state_class = sqlstate.substr(0, 2);
  // 57P01 to 57P05: shutdown, crash of another backend, starting up, database dropped, idle
  // session. 25P03: idle in a transaction for too long.
  return state_class == "08" || sqlstate.substr(0, 3) == "57P" || sqlstate == "25P03";
}

}  // namespace portal::db::internal
