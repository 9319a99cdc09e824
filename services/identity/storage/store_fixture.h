#ifndef SERVICES_IDENTITY_STORAGE_STORE_FIXTURE_H_
#define SERVICES_IDENTITY_STORAGE_STORE_FIXTURE_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "libs/db/pool.h"
#include "libs/testing/fake_clock.h"
#include "libs/testing/postgres.h"
#include "services/identity/domain/email.h"
#include "services/identity/domain/staff.h"
#include "services/identity/storage/account_store.h"
#include "services/identity/storage/attempt_counter.h"
#include "services/identity/storage/clinic_store.h"
#include "services/identity/storage/retention.h"
#include "services/identity/storage/session_store.h"
#include "services/identity/storage/staff_store.h"

namespace portal::identity {

// The stores on a migrated database of the test's own.
class StoreTest : public ::testing::Test {
 protected:
  StoreTest();

  // SQL as the superuser; see testing::Psql.
  std::string Sql(const std::string& sql) { return testing::Psql(database_.superuser, sql); }

  // Whatever a store's change returns, in a transaction of its own.
  template <typename Fn>
  auto Transact(Fn&& fn) {
    return pool_.Transact(fn);
  }

  static Email EmailOf(absl::string_view text);
  // Stands in for the SHA-256 of a token.
  static std::string HashOf(absl::string_view token);

  // A verified account; its hash is "hash of <email>".
  id::AccountId NewAccount(absl::string_view email);
  id::ClinicId NewClinic(absl::string_view slug);
  // An invitation whose token is `token`.
  absl::StatusOr<StaffMember> Invite(const id::ClinicId& clinic_id, absl::string_view email,
                                     absl::string_view token,
                                     StaffRoles roles = {StaffRole::kOwner});
  // A session whose token is `token`.
  id::SessionId NewSession(const id::AccountId& account_id, absl::string_view token);

  // Runs `fn` on `threads` threads that start together.
  static void InParallel(int threads, const std::function<void(int thread)>& fn);

  const testing::TestDatabase database_;
  testing::FakeClock clock_;
  db::Pool pool_;
  AccountStore accounts_{pool_};
  SessionStore sessions_{pool_};
  ClinicStore clinics_{pool_};
  StaffStore staff_{pool_};
  AttemptCounter attempts_{pool_, clock_};
};

}  // namespace portal::identity

#endif  // SERVICES_IDENTITY_STORAGE_STORE_FIXTURE_H_
