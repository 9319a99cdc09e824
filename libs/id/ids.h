#ifndef LIBS_ID_IDS_H_
#define LIBS_ID_IDS_H_

#include <compare>
#include <optional>
#include <ostream>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "libs/id/uuid.h"
#include "libs/status/errors.h"
#include "libs/time/clock.h"

namespace portal::id {

// The id of one kind of thing: a patient's cannot be passed where an account's is wanted. `Tag` is
// only a name.
template <typename Tag>
class Id {
 public:
  // The nil id; nothing has it.
  constexpr Id() = default;
  explicit constexpr Id(const Uuid& uuid) : uuid_(uuid) {}

  static Id New(const time::Clock& clock) { return Id(NewUuidV7(clock)); }

  // INVALID_ARGUMENT/INVALID_FIELD naming `field` unless `text` is a canonical UUID.
  static absl::StatusOr<Id> Parse(absl::string_view field, absl::string_view text) {
    const std::optional<Uuid> uuid = Uuid::Parse(text);
    if (!uuid.has_value()) return status::InvalidField(field, "must be a lower-case UUID");
    return Id(*uuid);
  }

  std::string ToString() const { return uuid_.ToString(); }
  constexpr const Uuid& uuid() const { return uuid_; }

  friend constexpr auto operator<=>(const Id&, const Id&) = default;

  template <typename H>
  friend H AbslHashValue(H state, const Id& id) {
    return H::combine(std::move(state), id.uuid_);
  }

  friend std::ostream& operator<<(std::ostream& out, const Id& id) { return out << id.uuid_; }

 private:
  Uuid uuid_;
};

using AccountId = Id<struct AccountTag>;
using ClinicId = Id<struct ClinicTag>;
using PatientId = Id<struct PatientTag>;
using SessionId = Id<struct SessionTag>;
using GrantId = Id<struct GrantTag>;
using AccessCodeId = Id<struct AccessCodeTag>;
using SoapChartId = Id<struct SoapChartTag>;

}  // namespace portal::id

#endif  // LIBS_ID_IDS_H_
