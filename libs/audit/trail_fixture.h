#ifndef LIBS_AUDIT_TRAIL_FIXTURE_H_
#define LIBS_AUDIT_TRAIL_FIXTURE_H_

#include <unistd.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "libs/audit/event.h"
#include "libs/audit/queries.h"
#include "libs/audit/sealer.h"
#include "libs/audit/verify.h"
#include "libs/crypto/signing.h"
#include "libs/db/pool.h"
#include "libs/telemetry/metrics.h"
#include "libs/testing/fake_clock.h"
#include "libs/testing/key_files.h"
#include "libs/testing/postgres.h"
#include "libs/testing/status_matchers.h"

namespace portal::audit {

inline Event ReadOfPatient(const std::string& action = "records.GetPatient") {
  static const testing::FakeClock clock;
  return {.actor_kind = ActorKind::kAccount,
          .actor_id = id::AccountId::New(clock),
          .session_id = id::SessionId::New(clock),
          .calling_service = "gateway",
          .patient_id = id::PatientId::New(clock),
          .resource_kind = "patient",
          .action = action,
          .source_address = "192.0.2.7",
          .request_id = "0190163d-8694-739b-aea5-966c26f8ad91"};
}

// A database of its own, signing keys, and a folder for checkpoints.
class TrailTest : public ::testing::Test {
 protected:
  TrailTest() {
    const std::string public_key = signing_folder_.AddSigningKey("k1");
    public_folder_.Write("k1.pem", public_key);
    signing_keys_ = *crypto::SigningKeyring::Load(signing_folder_.path());
    public_keys_ = *crypto::VerifyingKeyring::Load(public_folder_.path());
    char folder[] = "/tmp/portal-audit-XXXXXX";
    folder_ = mkdtemp(folder);
  }
  ~TrailTest() override { std::filesystem::remove_all(folder_); }

  std::unique_ptr<db::Pool> NewPool(int size = 4) const {
    return std::make_unique<db::Pool>(db::PoolOptions{.conninfo = database_.app,
                                                      .application_name = "audit_test",
                                                      .size = size,
                                                      // Tests hold locks while psql starts.
                                                      .statement_timeout = absl::Seconds(30),
                                                      .lock_timeout = absl::Seconds(30),
                                                      .queries = {queries::kAll}});
  }

  std::string Checkpoints(const std::string& name = "checkpoints") const {
    return folder_ + "/" + name;
  }

  std::unique_ptr<Sealer> NewSealer(db::Pool& pool, int max_batch = 1000,
                                    const std::string& file = "checkpoints") {
    auto sealer = Sealer::Open(
        pool, *signing_keys_, clock_, metrics_,
        {.trail = "records", .checkpoints = Checkpoints(file), .max_batch = max_batch});
    EXPECT_OK(sealer);
    return *std::move(sealer);
  }

  void AppendEvents(int count) {
    std::vector<Event> events;
    for (int i = 0; i < count; ++i) {
      events.push_back(ReadOfPatient());
      if (i % 2 == 1) events.back().actor_name = "Dr Ødegård";
    }
    ASSERT_OK(pool_->Execute([&](db::Session& s) { return Append(s, clock_, events); }));
  }

  Report Check(const std::string& file = "checkpoints") {
    auto report = Verify(*pool_, Checkpoints(file), *public_keys_);
    EXPECT_OK(report);
    return report.ok() ? *std::move(report) : Report{.findings = {"Verify failed"}};
  }

  // As the superuser, whom neither privilege nor trigger stops.
  std::string Sql(const std::string& sql) const { return testing::Psql(database_.superuser, sql); }
  int64_t Count(const std::string& from) const {
    int64_t count = -1;
    EXPECT_TRUE(absl::SimpleAtoi(Sql("SELECT count(*) FROM " + from), &count));
    return count;
  }

  const testing::TestDatabase database_ =
      testing::PostgresCluster::Shared().CreateDatabase("foundation");
  testing::FakeClock clock_;
  telemetry::Metrics metrics_;
  testing::KeyFolder signing_folder_;
  testing::KeyFolder public_folder_;
  std::unique_ptr<crypto::SigningKeyring> signing_keys_;
  std::unique_ptr<crypto::VerifyingKeyring> public_keys_;
  std::string folder_;
  std::unique_ptr<db::Pool> pool_ = NewPool();
};

}  // namespace portal::audit

#endif  // LIBS_AUDIT_TRAIL_FIXTURE_H_
