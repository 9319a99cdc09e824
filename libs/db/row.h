#ifndef LIBS_DB_ROW_H_
#define LIBS_DB_ROW_H_

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/id/uuid.h"

namespace pqxx {
class result;
}

namespace portal::db {

// One row of a result. Columns are named; a column that is not there, is NULL where no Optional was
// asked for, or does not have the form asked for is a defect: it ends the pool's call with
// INTERNAL. Rows are therefore read inside the function given to the pool. Cheap to copy; keeps its
// result alive.
class Row {
 public:
  bool IsNull(const char* column) const;

  std::string Text(const char* column) const;
  int64_t Int64(const char* column) const;
  bool Bool(const char* column) const;
  // From bigint microseconds: the statement selects micros(column).
  absl::Time Time(const char* column) const;
  // From bytea.
  std::string Bytes(const char* column) const;
  id::Uuid Uuid(const char* column) const;
  template <typename IdType>
  IdType Id(const char* column) const {
    return IdType(Uuid(column));
  }
  std::vector<std::string> TextArray(const char* column) const;
  template <typename IdType>
  std::vector<IdType> IdArray(const char* column) const {
    std::vector<IdType> ids;
    for (const id::Uuid& uuid : UuidArray(column)) ids.emplace_back(uuid);
    return ids;
  }

  std::optional<std::string> OptionalText(const char* column) const;
  std::optional<int64_t> OptionalInt64(const char* column) const;
  std::optional<bool> OptionalBool(const char* column) const;
  std::optional<absl::Time> OptionalTime(const char* column) const;
  std::optional<std::string> OptionalBytes(const char* column) const;
  std::optional<id::Uuid> OptionalUuid(const char* column) const;
  template <typename IdType>
  std::optional<IdType> OptionalId(const char* column) const {
    const std::optional<id::Uuid> uuid = OptionalUuid(column);
    return uuid.has_value() ? std::optional<IdType>(*uuid) : std::nullopt;
  }

 private:
  friend class Rows;
  Row(std::shared_ptr<const pqxx::result> result, int index)
      : result_(std::move(result)), index_(index) {}

  std::vector<id::Uuid> UuidArray(const char* column) const;

  std::shared_ptr<const pqxx::result> result_;
  int index_;
};

// What a statement returned.
class Rows {
 public:
  class Iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using value_type = Row;
    using difference_type = std::ptrdiff_t;
    using pointer = void;
    using reference = Row;

    Iterator(const Rows* rows, int index) : rows_(rows), index_(index) {}
    Row operator*() const { return (*rows_)[index_]; }
    Iterator& operator++() {
      ++index_;
      return *this;
    }
    bool operator==(const Iterator& other) const = default;

   private:
    const Rows* rows_;
    int index_;
  };

  explicit Rows(pqxx::result result);

  int size() const;
  bool empty() const { return size() == 0; }
  Row operator[](int index) const;
  Iterator begin() const { return Iterator(this, 0); }
  Iterator end() const { return Iterator(this, size()); }

  // The only row; any other number of rows is a defect.
  Row One() const;
  // The only row or none; more are a defect.
  std::optional<Row> AtMostOne() const;

  // Rows changed by INSERT, UPDATE or DELETE.
  int64_t affected() const;

 private:
  std::shared_ptr<const pqxx::result> result_;
};

}  // namespace portal::db

#endif  // LIBS_DB_ROW_H_
