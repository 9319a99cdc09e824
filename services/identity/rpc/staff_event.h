#ifndef SERVICES_IDENTITY_RPC_STAFF_EVENT_H_
#define SERVICES_IDENTITY_RPC_STAFF_EVENT_H_

#include "libs/audit/event.h"
#include "libs/rpc/context.h"
#include "services/identity/domain/email.h"
#include "services/identity/domain/limits.h"
#include "services/identity/domain/staff.h"
#include "services/identity/storage/attempt_counter.h"

// What invitations and changes of memberships have in common.
namespace portal::identity {

// The audit row of a change of the member.
inline audit::Event EventAbout(const rpc::Context& context, const StaffMember& member) {
  audit::Event event = context.AuditEvent();
  event.clinic_id = member.clinic_id;
  event.resource_kind = "staff_member";
  event.resource_id = member.staff_member_id.ToString();
  return event;
}

// An invitation on its way to a mailbox.
inline Attempt InvitationAttempt(const Email& email) {
  return Attempt::OfEmail(AttemptKind::kInvitationOfEmail, email, kInvitationsPerEmail);
}

}  // namespace portal::identity

#endif  // SERVICES_IDENTITY_RPC_STAFF_EVENT_H_
