#include "services/identity/storage/store_fixture.h"

#include <latch>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/testing/status_matchers.h"
#include "services/identity/domain/limits.h"
#include "services/identity/storage/schema.h"

namespace portal::identity {
namespace {

db::PoolOptions OptionsOf(const testing::TestDatabase& database) {
  db::PoolOptions options;
  options.conninfo = database.app;
  options.application_name = "store_test";
  options.size = 8;
  // For many threads on a busy test machine.
  options.acquire_timeout = absl::Seconds(20);
  options.statement_timeout = absl::Seconds(20);
  options.lock_timeout = absl::Seconds(20);
  AddSchema(options);
  return options;
}

}  // namespace

StoreTest::StoreTest()
    : database_(testing::PostgresCluster::Shared().CreateDatabase("identity")),
      pool_(OptionsOf(database_)) {}

Email StoreTest::EmailOf(absl::string_view text) { return *Email::Parse("email", text); }

std::string StoreTest::HashOf(absl::string_view token) {
  return absl::StrCat("\x01\xFFhash of ", token);
}

id::AccountId StoreTest::NewAccount(absl::string_view email) {
  const auto account_id = id::AccountId::New(clock_);
  EXPECT_OK(Transact([&](db::Transaction& transaction) {
    return accounts_.Create(transaction, account_id, EmailOf(email),
                            absl::StrCat("hash of ", email), clock_.Now());
  }));
  return account_id;
}

id::ClinicId StoreTest::NewClinic(absl::string_view slug) {
  const auto clinic_id = id::ClinicId::New(clock_);
  EXPECT_OK(Transact([&](db::Transaction& transaction) {
    return clinics_.Create(transaction, {.clinic_id = clinic_id,
                                         .slug = std::string(slug),
                                         .display_name = absl::StrCat("Clinic ", slug),
                                         .time_zone = "America/Toronto",
                                         .created_at = clock_.Now()});
  }));
  return clinic_id;
}

absl::StatusOr<StaffMember> StoreTest::Invite(const id::ClinicId& clinic_id,
                                              absl::string_view email, absl::string_view token,
                                              StaffRoles roles) {
  return Transact([&](db::Transaction& transaction) {
    return staff_.Invite(transaction,
                         {.staff_member_id = StaffMemberId::New(clock_),
                          .clinic_id = clinic_id,
                          .roles = roles,
                          .created_at = clock_.Now()},
                         EmailOf(email), HashOf(token), clock_.Now() + kInvitationLifetime);
  });
}

id::SessionId StoreTest::NewSession(const id::AccountId& account_id, absl::string_view token) {
  const auto session_id = id::SessionId::New(clock_);
  EXPECT_OK(Transact([&](db::Transaction& transaction) {
    return sessions_.Open(transaction, {.session_id = session_id,
                                        .account_id = account_id,
                                        .token_hash = HashOf(token),
                                        .created_at = clock_.Now(),
                                        .expires_at = clock_.Now() + absl::Hours(12)});
  }));
  return session_id;
}

void StoreTest::InParallel(int threads, const std::function<void(int thread)>& fn) {
  std::latch start(threads);
  std::vector<std::thread> running;
  for (int i = 0; i < threads; ++i) {
    running.emplace_back([&, i] {
      start.arrive_and_wait();
      fn(i);
    });
  }
  for (std::thread& thread : running) thread.join();
}

}  // namespace portal::identity
