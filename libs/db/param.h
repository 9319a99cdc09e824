#ifndef LIBS_DB_PARAM_H_
#define LIBS_DB_PARAM_H_

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "libs/id/ids.h"
#include "libs/id/uuid.h"

namespace portal::db {

// A bytea: any bytes, where text is UTF-8 without NUL.
struct Bytes {
  std::string value;
};

// An argument of a statement in PostgreSQL's text format; without a value it is NULL. Text with a
// NUL is refused with INVALID_FIELD when the statement is run (libpqxx would cut it), invalid UTF-8
// by the server with the same.
class Param {
 public:
  Param(std::nullopt_t) {}
  Param(const char* text) : Param(absl::string_view(text)) {}
  Param(absl::string_view text);
  Param(std::string_view text) : Param(absl::string_view(text.data(), text.size())) {}
  Param(const std::string& text) : Param(absl::string_view(text)) {}
  Param(const Bytes& bytes);
  Param(bool value) : text_(value ? "t" : "f") {}
  template <std::integral T>
  Param(T value) : text_(std::to_string(value)) {}
  // Microseconds since 1970: the statement says from_micros($n). Infinite times are a defect.
  Param(absl::Time time);
  Param(const id::Uuid& uuid) : text_(uuid.ToString()) {}
  template <typename Tag>
  Param(const id::Id<Tag>& id) : text_(id.ToString()) {}
  template <typename T>
  Param(const std::optional<T>& value)
      : Param(value.has_value() ? Param(*value) : Param(std::nullopt)) {}
  // An array; the statement says $n::text[], $n::uuid[] and so on.
  template <typename T>
  Param(const std::vector<T>& values) : text_("{") {
    for (const T& value : values) AppendElement(Param(value));
    text_->push_back('}');
  }

  const std::optional<std::string>& text() const { return text_; }

 private:
  void AppendElement(const Param& element);

  std::optional<std::string> text_;
};

}  // namespace portal::db

#endif  // LIBS_DB_PARAM_H_
