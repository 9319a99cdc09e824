#include "libs/db/param.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "libs/db/errors.h"

namespace portal::db {

Param::Param(absl::string_view text) : text_(std::string(text)) {
  if (text.find('\0') != absl::string_view::npos) {
    throw internal::StatusError(internal::InvalidText());
  }
}

Param::Param(const Bytes& bytes)
    : text_(absl::StrCat("\\x", absl::BytesToHexString(bytes.value))) {}

Param::Param(absl::Time time) {
  if (time == absl::InfiniteFuture() || time == absl::InfinitePast()) {
    internal::ThrowInternal("an infinite time was given to a statement");
  }
  text_ = absl::StrCat(absl::ToUnixMicros(time));
}

void Param::AppendElement(const Param& element) {
  if (text_->size() > 1) text_->push_back(',');
  if (!element.text().has_value()) {
    text_->append("NULL");
    return;
  }
  text_->push_back('"');
  for (const char c : *element.text()) {
    if (c == '"' || c == '\\') text_->push_back('\\');
    text_->push_back(c);
  }
  text_->push_back('"');
}

}  // namespace portal::db
