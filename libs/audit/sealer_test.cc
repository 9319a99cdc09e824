#include "libs/audit/sealer.h"

#include <signal.h>
#include <sys/resource.h>

#include <atomic>
#include <fstream>
#include <thread>

#include "libs/audit/trail_fixture.h"

namespace portal::audit {
namespace {

using testing::FailsWith;

class SealerTest : public TrailTest {
 protected:
  std::string Read(const std::string& path) const {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  void ExpectClean(int64_t events, const std::string& file = "checkpoints") {
    const Report report = Check(file);
    EXPECT_THAT(report.findings, ::testing::IsEmpty());
    EXPECT_EQ(report.events, events);
  }
};

TEST_F(SealerTest, NothingToSealLeavesNoTrace) {
  ASSERT_OK_AND_ASSIGN(const int64_t sealed, NewSealer(*pool_)->SealOnce());
  EXPECT_EQ(sealed, 0);
  EXPECT_EQ(Count("audit_batches"), 0);
  EXPECT_EQ(Read(Checkpoints()), "");
  ExpectClean(0);
}

// Computed apart from this program: the form of an event is frozen.
TEST_F(SealerTest, KnownEventHasTheKnownHash) {
  Sql("INSERT INTO audit_events VALUES ('0190163d-8694-739b-aea5-966c26f8ad91', "
      "'2026-03-01 09:00:00Z', 'staff', '0190163d-8694-739b-aea5-966c26f8ad92', NULL, 'gateway', "
      "'0190163d-8694-739b-aea5-966c26f8ad93', '0190163d-8694-739b-aea5-966c26f8ad94', "
      "'soap_chart', '', 'records.GetSoapChart', 'OK', '192.0.2.7', 'r-1')");
  ASSERT_OK(NewSealer(*pool_)->SealOnce());
  EXPECT_EQ(Sql("SELECT encode(hash, 'hex') FROM audit_batches"),
            "d569ed4d25e9ff1c62f1bca626eb6fe1c2e191aa48dab9d8ef6dcba91151838e");
}

// The same event, of somebody with a name.
TEST_F(SealerTest, KnownEventWithANameHasTheKnownHash) {
  Sql("INSERT INTO audit_events VALUES ('0190163d-8694-739b-aea5-966c26f8ad91', "
      "'2026-03-01 09:00:00Z', 'staff', '0190163d-8694-739b-aea5-966c26f8ad92', NULL, 'gateway', "
      "'0190163d-8694-739b-aea5-966c26f8ad93', '0190163d-8694-739b-aea5-966c26f8ad94', "
      "'soap_chart', '', 'records.GetSoapChart', 'OK', '192.0.2.7', 'r-1', NULL, 'Dr Ødegård')");
  ASSERT_OK(NewSealer(*pool_)->SealOnce());
  EXPECT_EQ(Sql("SELECT encode(hash, 'hex') FROM audit_batches"),
            "433bd877656b6e9df80ba6fecb96903ccd4d29fab28385ab52dcb8504c605eb4");
}

TEST_F(SealerTest, SealsInBatchesAndWritesOneCheckpointPerRun) {
  AppendEvents(25);
  const auto sealer = NewSealer(*pool_, 10);
  ASSERT_OK_AND_ASSIGN(const int64_t sealed, sealer->SealOnce());
  EXPECT_EQ(sealed, 25);
  EXPECT_EQ(Sql("SELECT batch_no, event_count FROM audit_batches ORDER BY 1"), "1|10\n2|10\n3|5");
  EXPECT_EQ(Count("audit_events WHERE batch_no IS NULL"), 0);
  const Report report = Check();
  EXPECT_EQ(report.checkpoints, 1);
  EXPECT_EQ(report.last_checkpoint_batch, 3);
  EXPECT_EQ(report.trail, "records");
  ExpectClean(25);
}

TEST_F(SealerTest, BatchThatIsExactlyFullIsTheLast) {
  AppendEvents(20);
  ASSERT_OK(NewSealer(*pool_, 10)->SealOnce());
  EXPECT_EQ(Count("audit_batches"), 2);
  ExpectClean(20);
}

TEST_F(SealerTest, EventCommittedLateIsSealedThoughItsIdIsOlder) {
  const auto sealer = NewSealer(*pool_);
  ASSERT_OK(pool_->Transact([&](db::Transaction& late) -> absl::Status {
    EXPECT_OK(Append(late, clock_, {ReadOfPatient("late")}));
    AppendEvents(3);
    const absl::StatusOr<int64_t> sealed = sealer->SealOnce();
    EXPECT_OK(sealed);
    EXPECT_EQ(*sealed, 3);
    return absl::OkStatus();
  }));
  ASSERT_OK_AND_ASSIGN(const int64_t sealed, sealer->SealOnce());
  EXPECT_EQ(sealed, 1);
  EXPECT_EQ(Sql("SELECT action, batch_no FROM audit_events ORDER BY event_id LIMIT 1"), "late|2");
  ExpectClean(4);
}

TEST_F(SealerTest, NextProcessContinuesTheChain) {
  for (int run = 0; run < 3; ++run) {
    AppendEvents(5);
    ASSERT_OK(NewSealer(*pool_)->SealOnce());
  }
  EXPECT_EQ(Count("audit_batches"), 3);
  EXPECT_EQ(Check().checkpoints, 3);
  ExpectClean(15);
}

TEST_F(SealerTest, CheckpointLostInACrashAfterTheCommitIsWrittenByTheNextRun) {
  AppendEvents(5);
  ASSERT_OK(NewSealer(*pool_)->SealOnce());
  const std::string first = Read(Checkpoints());
  AppendEvents(5);
  ASSERT_OK(NewSealer(*pool_)->SealOnce());
  const std::string both = Read(Checkpoints());
  for (const size_t survived : {first.size(), first.size() + 20, both.size() - 1}) {
    std::filesystem::resize_file(Checkpoints(), survived);
    ASSERT_OK(NewSealer(*pool_)->SealOnce());
    EXPECT_EQ(Read(Checkpoints()), both);
  }
  ExpectClean(10);
}

TEST_F(SealerTest, CheckpointIsOwedWhileTheFileCannotBeWritten) {
  AppendEvents(1);
  const auto sealer = NewSealer(*pool_);
  rlimit unlimited;
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &unlimited), 0);
  signal(SIGXFSZ, SIG_IGN);
  rlimit none = unlimited;
  none.rlim_cur = 0;
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &none), 0);
  const absl::Status full = sealer->SealOnce().status();
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &unlimited), 0);
  EXPECT_FALSE(full.ok());
  EXPECT_EQ(Count("audit_batches"), 1);
  ASSERT_OK(sealer->SealOnce());
  EXPECT_EQ(Check().checkpoints, 1);
  ExpectClean(1);
}

TEST_F(SealerTest, NothingIsSealedOverATrailThatWasCutOff) {
  AppendEvents(5);
  const auto sealer = NewSealer(*pool_);
  ASSERT_OK(sealer->SealOnce());
  Sql("DELETE FROM audit_batches; DELETE FROM audit_events");
  AppendEvents(5);
  EXPECT_THAT(sealer->SealOnce(), FailsWith(absl::StatusCode::kInternal, "INTERNAL"));
  EXPECT_EQ(Count("audit_batches"), 0);
  EXPECT_THAT(Check().findings,
              ::testing::ElementsAre("batch 1 is missing, though a checkpoint names it"));
}

TEST_F(SealerTest, FileOfAnotherTrailIsRefused) {
  AppendEvents(1);
  ASSERT_OK(NewSealer(*pool_)->SealOnce());
  EXPECT_FALSE(Sealer::Open(*pool_, *signing_keys_, clock_, metrics_,
                            {.trail = "identity", .checkpoints = Checkpoints()})
                   .ok());
}

TEST_F(SealerTest, NewKeySealsAndOldBatchesStayVerifiable) {
  AppendEvents(3);
  ASSERT_OK(NewSealer(*pool_)->SealOnce());
  public_folder_.Write("k2.pem", signing_folder_.AddSigningKey("k2"));
  ASSERT_OK(signing_keys_->Reload());
  ASSERT_OK(public_keys_->Reload());
  AppendEvents(3);
  ASSERT_OK(NewSealer(*pool_)->SealOnce());
  EXPECT_EQ(Sql("SELECT key_id FROM audit_batches ORDER BY batch_no"), "k1\nk2");
  ExpectClean(6);
}

TEST_F(SealerTest, TwoSealersBesideWritersMakeOneChain) {
  constexpr int kWriters = 4, kCalls = 40;
  const auto pool_a = NewPool(1), pool_b = NewPool(1);
  const auto sealer_a = NewSealer(*pool_a, 7, "a"), sealer_b = NewSealer(*pool_b, 7, "b");
  std::atomic<int> writing = kWriters;
  std::atomic<int64_t> sealed = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < kWriters; ++i) {
    threads.emplace_back([&] {
      for (int call = 0; call < kCalls; ++call) AppendEvents(1);
      --writing;
    });
  }
  for (Sealer* sealer : {sealer_a.get(), sealer_b.get()}) {
    threads.emplace_back([&, sealer] {
      while (writing > 0) {
        const absl::StatusOr<int64_t> now = sealer->SealOnce();
        ASSERT_OK(now);
        sealed += *now;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (Sealer* sealer : {sealer_a.get(), sealer_b.get()}) {
    ASSERT_OK_AND_ASSIGN(const int64_t rest, sealer->SealOnce());
    sealed += rest;
  }
  EXPECT_EQ(sealed, kWriters * kCalls);
  ExpectClean(kWriters * kCalls, "a");
  ExpectClean(kWriters * kCalls, "b");
  EXPECT_EQ(Check("a").last_checkpoint_batch, Count("audit_batches"));
  EXPECT_EQ(Check("b").last_checkpoint_batch, Count("audit_batches"));
}

TEST_F(SealerTest, BackgroundThreadSealsAndStopSealsTheRest) {
  const auto sealer = NewSealer(*pool_);
  AppendEvents(1);
  sealer->Start();
  while (Count("audit_batches") == 0) {
  }
  AppendEvents(1);
  sealer->Stop();
  EXPECT_EQ(Count("audit_events WHERE batch_no IS NULL"), 0);
  sealer->Stop();
  ExpectClean(2);
}

TEST_F(SealerTest, OutageShowsInTheMetricAndEndsByItself) {
  testing::PostgresCluster cluster;
  const testing::TestDatabase database = cluster.CreateDatabase("foundation");
  db::Pool pool({.conninfo = database.app, .size = 1, .queries = {queries::kAll}});
  auto sealer = Sealer::Open(
      pool, *signing_keys_, clock_, metrics_,
      {.trail = "records", .checkpoints = Checkpoints(), .interval = absl::Milliseconds(5)});
  ASSERT_OK(sealer);
  telemetry::Gauge healthy = metrics_.AddGauge("audit_sealer_healthy", "");
  cluster.Stop();
  (*sealer)->Start();
  while (healthy.Value() != 0) std::this_thread::yield();
  cluster.Start();
  while (healthy.Value() != 1) std::this_thread::yield();
}

}  // namespace
}  // namespace portal::audit
