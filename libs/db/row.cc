#include "libs/db/row.h"

#include <pqxx/array>
#include <pqxx/result>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "libs/db/errors.h"

namespace portal::db {

namespace {

[[noreturn]] void ThrowDefect(const char* column, absl::string_view what) {
  internal::ThrowInternal(absl::StrCat("column ", column, " ", what));
}

// libpqxx's own errors would do, but say nothing about which column it was.
pqxx::field FieldOf(const pqxx::result& result, int row, const char* column) {
  try {
    return result.at(row).at(column);
  } catch (const pqxx::argument_error&) {
    ThrowDefect(column, "is not selected");
  }
}

absl::string_view TextOf(const pqxx::field& field, const char* column) {
  if (field.is_null()) ThrowDefect(column, "is NULL");
  return absl::string_view(field.c_str(), field.size());
}

template <typename T>
std::optional<T> Optional(const Row& row, const char* column, T (Row::*get)(const char*) const) {
  if (row.IsNull(column)) return std::nullopt;
  return (row.*get)(column);
}

id::Uuid ParseUuid(absl::string_view text, const char* column) {
  const std::optional<id::Uuid> uuid = id::Uuid::Parse(text);
  if (!uuid.has_value()) ThrowDefect(column, "is not a uuid");
  return *uuid;
}

}  // namespace

bool Row::IsNull(const char* column) const { return FieldOf(*result_, index_, column).is_null(); }

std::string Row::Text(const char* column) const {
  const pqxx::field field = FieldOf(*result_, index_, column);
  return std::string(TextOf(field, column));
}

int64_t Row::Int64(const char* column) const {
  const pqxx::field field = FieldOf(*result_, index_, column);
  int64_t value = 0;
  if (!absl::SimpleAtoi(TextOf(field, column), &value)) ThrowDefect(column, "is not a bigint");
  return value;
}

bool Row::Bool(const char* column) const {
  const pqxx::field field = FieldOf(*result_, index_, column);
  const absl::string_view text = TextOf(field, column);
  if (text != "t" && text != "f") ThrowDefect(column, "is not a boolean");
  return text == "t";
}

absl::Time Row::Time(const char* column) const { return absl::FromUnixMicros(Int64(column)); }

std::string Row::Bytes(const char* column) const {
  const pqxx::field field = FieldOf(*result_, index_, column);
  const absl::string_view text = TextOf(field, column);
  if (text.substr(0, 2) != "\\x") ThrowDefect(column, "is not a bytea in hex format");
  return absl::HexStringToBytes(text.substr(2));
}

id::Uuid Row::Uuid(const char* column) const {
  const pqxx::field field = FieldOf(*result_, index_, column);
  return ParseUuid(TextOf(field, column), column);
}

std::vector<std::string> Row::TextArray(const char* column) const {
  const pqxx::field field = FieldOf(*result_, index_, column);
  if (field.is_null()) ThrowDefect(column, "is NULL");
  std::vector<std::string> values;
  int depth = 0;
  pqxx::array_parser parser = field.as_array();
  for (auto [juncture, value] = parser.get_next(); juncture != pqxx::array_parser::done;
       std::tie(juncture, value) = parser.get_next()) {
    switch (juncture) {
      case pqxx::array_parser::row_start:
        if (++depth > 1) ThrowDefect(column, "is an array of more than one dimension");
        break;
      case pqxx::array_parser::null_value:
        ThrowDefect(column, "is an array with a NULL");
      case pqxx::array_parser::string_value:
        values.push_back(std::move(value));
        break;
      default:
        break;
    }
  }
  return values;
}

std::vector<id::Uuid> Row::UuidArray(const char* column) const {
  std::vector<id::Uuid> uuids;
  for (const std::string& text : TextArray(column)) uuids.push_back(ParseUuid(text, column));
  return uuids;
}

std::optional<std::string> Row::OptionalText(const char* column) const {
  return Optional(*this, column, &Row::Text);
}
std::optional<int64_t> Row::OptionalInt64(const char* column) const {
  return Optional(*this, column, &Row::Int64);
}
std::optional<bool> Row::OptionalBool(const char* column) const {
  return Optional(*this, column, &Row::Bool);
}
std::optional<absl::Time> Row::OptionalTime(const char* column) const {
  return Optional(*this, column, &Row::Time);
}
std::optional<std::string> Row::OptionalBytes(const char* column) const {
  return Optional(*this, column, &Row::Bytes);
}
std::optional<id::Uuid> Row::OptionalUuid(const char* column) const {
  return Optional(*this, column, &Row::Uuid);
}

Rows::Rows(pqxx::result result)
    : result_(std::make_shared<const pqxx::result>(std::move(result))) {}

int Rows::size() const { return static_cast<int>(result_->size()); }

Row Rows::operator[](int index) const {
  if (index < 0 || index >= size()) internal::ThrowInternal("a row beyond the result was read");
  return Row(result_, index);
}

Row Rows::One() const {
  if (size() != 1) internal::ThrowInternal(absl::StrCat("one row expected, got ", size()));
  return Row(result_, 0);
}

std::optional<Row> Rows::AtMostOne() const {
  if (size() > 1) internal::ThrowInternal(absl::StrCat("at most one row expected, got ", size()));
  return empty() ? std::nullopt : std::optional<Row>(Row(result_, 0));
}

int64_t Rows::affected() const { return static_cast<int64_t>(result_->affected_rows()); }

}  // namespace portal::db
