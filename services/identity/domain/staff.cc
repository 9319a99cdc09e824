#include "services/identity/domain/staff.h"

#include "libs/status/errors.h"
#include "services/identity/domain/errors.h"
#include "services/identity/domain/text.h"

namespace portal::identity {
namespace {

// As the contract names them.
const char* NameOf(StaffState state) {
  switch (state) {
    case StaffState::kInvited:
      return "INVITED";
    case StaffState::kActive:
      return "ACTIVE";
    case StaffState::kSuspended:
      return "SUSPENDED";
  }
  return "";
}

bool IsActiveOwner(const StaffMember& member) {
  return StateOf(member) == StaffState::kActive && member.roles.Has(StaffRole::kOwner);
}

}  // namespace

StaffState StateOf(const StaffMember& member) {
  if (!member.account_id.has_value()) return StaffState::kInvited;
  return member.suspended_at.has_value() ? StaffState::kSuspended : StaffState::kActive;
}

absl::Status CheckState(const StaffMember& member, StaffState needed) {
  const StaffState state = StateOf(member);
  return state == needed ? absl::OkStatus() : StaffMemberInState(NameOf(state));
}

absl::Status CheckEtag(const StaffMember& member, absl::string_view etag) {
  return etag == EtagOf(member.version) ? absl::OkStatus() : status::EtagMismatch();
}

absl::Status CheckOwnerRemains(const StaffMember& before, const std::optional<StaffMember>& after,
                               bool has_other_owner) {
  const bool remains = after.has_value() && IsActiveOwner(*after);
  return IsActiveOwner(before) && !remains && !has_other_owner ? LastOwner() : absl::OkStatus();
}

}  // namespace portal::identity
