#include "services/identity/storage/staff_store.h"

#include <utility>

#include "libs/status/status_macros.h"
#include "services/identity/domain/errors.h"
#include "services/identity/storage/queries.h"

namespace portal::identity {
namespace {

StaffMember ToStaffMember(const db::Row& row) {
  return {.staff_member_id = row.Id<StaffMemberId>("staff_member_id"),
          .clinic_id = row.Id<id::ClinicId>("clinic_id"),
          .account_id = row.OptionalId<id::AccountId>("account_id"),
          .email = row.Text("email"),
          .display_name = row.Text("display_name"),
          .roles = StaffRoles::FromBits(row.Int64("roles")),
          .created_at = row.Time("created_us"),
          .suspended_at = row.OptionalTime("suspended_us"),
          .version = row.Int64("version")};
}

absl::StatusOr<Invitation> ToInvitation(const db::Rows& rows) {
  const std::optional<db::Row> row = rows.AtMostOne();
  if (!row.has_value()) return LinkRejected();
  ASSIGN_OR_RETURN(Email email, Email::Parse("email", row->Text("email")));
  Invitation invitation = {.email = std::move(email)};
  if (const auto account_id = row->OptionalId<id::AccountId>("account_id")) {
    invitation.account = {.account_id = *account_id,
                          .password_hash = row->OptionalText("password_hash").value_or("")};
  }
  return invitation;
}

}  // namespace

absl::StatusOr<StaffMember> StaffStore::Invite(db::Transaction& transaction, StaffMember member,
                                               const Email& email, absl::string_view token_hash,
                                               absl::Time expires_at) {
  const std::optional<db::Row> row =
      transaction
          .Exec(queries::kInviteStaffMember, member.staff_member_id, member.clinic_id, email.text(),
                email.normalized(), member.roles.bits(), member.created_at,
                db::Bytes{std::string(token_hash)}, expires_at)
          .AtMostOne();
  if (!row.has_value()) return StaffExists();
  member.staff_member_id = row->Id<StaffMemberId>("staff_member_id");
  member.email = email.text();
  member.version = row->Int64("version");
  return member;
}

absl::StatusOr<Invitation> StaffStore::FindInvitation(const db::CallOptions& call,
                                                      absl::string_view token_hash,
                                                      absl::Time now) {
  return pool_.Read(call, [&](db::Session& session) {
    return ToInvitation(
        session.Exec(queries::kGetInvitation, db::Bytes{std::string(token_hash)}, now));
  });
}

absl::StatusOr<Invitation> StaffStore::LockInvitation(db::Transaction& transaction,
                                                      absl::string_view token_hash,
                                                      absl::Time now) {
  return ToInvitation(
      transaction.Exec(queries::kLockInvitation, db::Bytes{std::string(token_hash)}, now));
}

absl::StatusOr<StaffMember> StaffStore::Accept(db::Transaction& transaction,
                                               absl::string_view token_hash,
                                               const id::AccountId& account_id,
                                               absl::string_view display_name) {
  return ToStaffMember(transaction
                           .Exec(queries::kAcceptInvitation, db::Bytes{std::string(token_hash)},
                                 account_id, display_name)
                           .One());
}

StaffRoles StaffStore::ActiveRoles(db::Transaction& transaction, const id::ClinicId& clinic_id,
                                   const id::AccountId& account_id) {
  const std::optional<db::Row> row =
      transaction.Exec(queries::kGetActiveRoles, clinic_id, account_id).AtMostOne();
  return row.has_value() ? StaffRoles::FromBits(row->Int64("roles")) : StaffRoles();
}

absl::StatusOr<LockedStaffMember> StaffStore::Lock(db::Transaction& transaction,
                                                   const id::ClinicId& clinic_id,
                                                   const StaffMemberId& staff_member_id) {
  const std::optional<db::Row> row =
      transaction.Exec(queries::kLockStaffMember, clinic_id, staff_member_id).AtMostOne();
  if (!row.has_value()) return StaffMemberNotFound();
  return LockedStaffMember{.member = ToStaffMember(*row),
                           .has_other_owner = row->Bool("has_other_owner")};
}

absl::Status StaffStore::Update(db::Transaction& transaction, const StaffMember& member) {
  transaction.Exec(queries::kUpdateStaffMember, member.clinic_id, member.staff_member_id,
                   member.roles.bits(), member.suspended_at, member.version);
  return absl::OkStatus();
}

absl::Status StaffStore::RenewInvitation(db::Transaction& transaction, const StaffMember& member,
                                         absl::string_view token_hash, absl::Time expires_at) {
  transaction.Exec(queries::kRenewInvitation, member.clinic_id, member.staff_member_id,
                   db::Bytes{std::string(token_hash)}, member.created_at, expires_at,
                   member.version);
  return absl::OkStatus();
}

absl::Status StaffStore::Remove(db::Transaction& transaction, const StaffMember& member) {
  transaction.Exec(queries::kDeleteStaffMember, member.clinic_id, member.staff_member_id);
  return absl::OkStatus();
}

absl::StatusOr<std::vector<StaffMember>> StaffStore::List(const db::CallOptions& call,
                                                          const id::ClinicId& clinic_id,
                                                          const StaffMemberId& after, int limit) {
  return pool_.Read(call, [&](db::Session& session) -> absl::StatusOr<std::vector<StaffMember>> {
    std::vector<StaffMember> members;
    for (const db::Row row : session.Exec(queries::kListStaffMembers, clinic_id, after, limit)) {
      members.push_back(ToStaffMember(row));
    }
    return members;
  });
}

}  // namespace portal::identity
