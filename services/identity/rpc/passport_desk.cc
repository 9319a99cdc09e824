#include "services/identity/rpc/passport_desk.h"

#include <algorithm>
#include <utility>

#include "services/identity/rpc/convert.h"

namespace portal::identity {
namespace {

absl::Time WholeSeconds(absl::Time time) {
  return absl::FromUnixSeconds(absl::ToUnixSeconds(time));
}

// Times are whole seconds, as in the token.
auth::Passport PassportOf(const Session& session, absl::Time now) {
  auth::Passport passport = {.account_id = session.account_id,
                             .session_id = session.session_id,
                             .issued_at = WholeSeconds(now)};
  // No passport outlives its session's lifetime.
  passport.expires_at =
      std::min(passport.issued_at + auth::kPassportLifetime, WholeSeconds(session.expires_at));
  if (session.service_account.has_value()) {
    passport.display_name = session.service_account->display_name;
    passport.service_account = ToAuth(*session.service_account);
    return passport;
  }
  // The name at the first clinic that took the person on; elsewhere it is usually the same.
  if (!session.memberships.empty())
    passport.display_name = session.memberships.front().display_name;
  for (const Membership& membership : session.memberships) {
    passport.memberships.push_back(
        {.clinic_id = membership.clinic_id, .roles = ToAuth(membership.roles)});
  }
  return passport;
}

// Whether `old` may be handed out again in place of `fresh`.
bool StillGood(const auth::Passport& old, const auth::Passport& fresh) {
  const absl::Duration half_life = (old.expires_at - old.issued_at) / 2;
  return fresh.issued_at >= old.issued_at && fresh.issued_at < old.issued_at + half_life &&
         old.account_id == fresh.account_id && old.display_name == fresh.display_name &&
         old.memberships == fresh.memberships && old.service_account == fresh.service_account;
}

}  // namespace

PassportDesk::Issued PassportDesk::Issue(const Session& session, absl::Time now) {
  auth::Passport passport = PassportOf(session, now);
  {
    std::lock_guard lock(mutex_);
    const auto found = by_session_.find(session.session_id);
    if (found != by_session_.end() && StillGood(found->second->passport, passport)) {
      return {.token = found->second->token, .expires_at = found->second->passport.expires_at};
    }
  }
  Remembered fresh = {.passport = std::move(passport)};
  fresh.token = issuer_.Issue(fresh.passport);
  const Issued issued = {.token = fresh.token, .expires_at = fresh.passport.expires_at};

  std::lock_guard lock(mutex_);
  if (const auto old = by_session_.find(session.session_id); old != by_session_.end()) {
    recent_.erase(old->second);
    by_session_.erase(old);
  }
  recent_.push_front(std::move(fresh));
  by_session_[session.session_id] = recent_.begin();
  if (recent_.size() > capacity_) {
    by_session_.erase(recent_.back().passport.session_id);
    recent_.pop_back();
  }
  return issued;
}

}  // namespace portal::identity
