#include "libs/audit/read_log.h"

#include <atomic>
#include <future>
#include <thread>

#include "libs/audit/trail_fixture.h"

namespace portal::audit {
namespace {

using testing::FailsWith;

constexpr db::Query kLockEvents{"LockEventsForTest", "LOCK TABLE audit_events IN EXCLUSIVE MODE"};
constexpr db::Query kTestQueries[] = {kLockEvents};

class ReadLogTest : public TrailTest {
 protected:
  // A new connection prepares its statements, which would wait for the blocker's lock as well.
  ReadLogTest() { EXPECT_TRUE(pool_->Healthy()); }

  // Runs `during` while nobody can add an event.
  void WhileBlocked(const std::function<void()>& during) {
    db::Pool owner({.conninfo = database_.owner, .size = 1, .queries = {kTestQueries}});
    ASSERT_OK(owner.Transact([&](db::Transaction& transaction) {
      transaction.Exec(kLockEvents);
      during();
      return absl::OkStatus();
    }));
  }

  // An outcome to wait for.
  struct Pending {
    std::promise<absl::Status> promise = {};
    std::future<absl::Status> future = promise.get_future();
    ReadLog::Done done() {
      return [this](absl::Status status) { promise.set_value(std::move(status)); };
    }
  };

  void AwaitBlockedInsert() const {
    while (Count("pg_locks WHERE NOT granted AND relation = 'audit_events'::regclass") == 0) {
    }
  }
};

TEST_F(ReadLogTest, DoneComesAfterTheCommit) {
  ReadLog log(*pool_, clock_);
  Pending read;
  WhileBlocked([&] {
    log.Append({ReadOfPatient()}, read.done());
    AwaitBlockedInsert();
    EXPECT_EQ(read.future.wait_for(std::chrono::seconds(0)), std::future_status::timeout);
  });
  EXPECT_OK(read.future.get());
  EXPECT_EQ(Count("audit_events"), 1);
}

TEST_F(ReadLogTest, NothingToRecordNeedsNoCommit) {
  ReadLog log(*pool_, clock_);
  Pending read;
  WhileBlocked([&] {
    log.Append({}, read.done());
    EXPECT_OK(read.future.get());
  });
}

TEST_F(ReadLogTest, CallsThatComeDuringACommitShareTheNext) {
  ReadLog log(*pool_, clock_);
  std::vector<Pending> reads(101);
  WhileBlocked([&] {
    log.Append({ReadOfPatient()}, reads[0].done());
    AwaitBlockedInsert();
    for (size_t i = 1; i < reads.size(); ++i) log.Append({ReadOfPatient()}, reads[i].done());
  });
  for (Pending& read : reads) EXPECT_OK(read.future.get());
  EXPECT_EQ(Count("audit_events"), 101);
  EXPECT_EQ(Sql("SELECT count(DISTINCT xmin::text) FROM audit_events"), "2");
}

TEST_F(ReadLogTest, BatchIsLimited) {
  ReadLog log(*pool_, clock_, {.max_batch = 10});
  std::vector<Pending> reads(21);
  WhileBlocked([&] {
    log.Append({ReadOfPatient()}, reads[0].done());
    AwaitBlockedInsert();
    for (size_t i = 1; i < reads.size(); ++i) log.Append({ReadOfPatient()}, reads[i].done());
  });
  for (Pending& read : reads) EXPECT_OK(read.future.get());
  EXPECT_EQ(Sql("SELECT count(DISTINCT xmin::text) FROM audit_events"), "3");
}

TEST_F(ReadLogTest, FullQueueRefusesAtOnce) {
  ReadLog log(*pool_, clock_, {.max_queued = 2});
  Pending first, second, third, fourth;
  WhileBlocked([&] {
    log.Append({ReadOfPatient()}, first.done());
    AwaitBlockedInsert();
    log.Append({ReadOfPatient(), ReadOfPatient()}, second.done());
    log.Append({ReadOfPatient()}, third.done());
    EXPECT_THAT(third.future.get(), FailsWith(absl::StatusCode::kUnavailable, "OVERLOADED"));
  });
  EXPECT_OK(first.future.get());
  EXPECT_OK(second.future.get());
  log.Append({ReadOfPatient()}, fourth.done());
  EXPECT_OK(fourth.future.get());
  EXPECT_EQ(Count("audit_events"), 4);
}

TEST_F(ReadLogTest, EventThatPostgresqlRefusesFailsItsOwnCallOnly) {
  Sql("ALTER TABLE audit_events ADD CONSTRAINT no_poison CHECK (action <> 'poison')");
  ReadLog log(*pool_, clock_);
  Pending first, good, poison, malformed;
  Event bad = ReadOfPatient();
  bad.source_address = "\x01";
  WhileBlocked([&] {
    log.Append({ReadOfPatient()}, first.done());
    AwaitBlockedInsert();
    log.Append({ReadOfPatient("poison")}, poison.done());
    log.Append({ReadOfPatient()}, good.done());
    log.Append({bad}, malformed.done());
  });
  EXPECT_OK(first.future.get());
  EXPECT_OK(good.future.get());
  EXPECT_THAT(poison.future.get(), FailsWith(absl::StatusCode::kInternal, "INTERNAL"));
  EXPECT_THAT(malformed.future.get(), FailsWith(absl::StatusCode::kInternal, "INTERNAL"));
  EXPECT_EQ(Count("audit_events"), 2);
}

TEST_F(ReadLogTest, LostConnectionIsMadeUpForWithoutDoubles) {
  ReadLog log(*pool_, clock_);
  Pending read;
  WhileBlocked([&] {
    log.Append({ReadOfPatient(), ReadOfPatient()}, read.done());
    AwaitBlockedInsert();
    Sql("SELECT pg_terminate_backend(pid) FROM pg_locks "
        "WHERE NOT granted AND relation = 'audit_events'::regclass");
  });
  EXPECT_OK(read.future.get());
  EXPECT_EQ(Count("audit_events"), 2);
}

TEST_F(ReadLogTest, WithoutPostgresqlReadsAreRefusedAndLaterWorkAgain) {
  testing::PostgresCluster cluster;
  const testing::TestDatabase database = cluster.CreateDatabase("foundation");
  db::Pool pool({.conninfo = database.app, .size = 1, .queries = {queries::kAll}});
  ReadLog log(pool, clock_);
  cluster.Stop();
  Pending down;
  log.Append({ReadOfPatient()}, down.done());
  EXPECT_TRUE(absl::IsUnavailable(down.future.get()));
  cluster.Start();
  absl::Status status;
  do {  // the pool backs off
    Pending up;
    log.Append({ReadOfPatient()}, up.done());
    status = up.future.get();
  } while (absl::IsUnavailable(status));
  EXPECT_OK(status);
}

TEST_F(ReadLogTest, StopCommitsWhatIsQueuedAndRefusesWhatComesLater) {
  ReadLog log(*pool_, clock_);
  std::vector<Pending> reads(5);
  std::thread stopper;
  WhileBlocked([&] {
    for (Pending& read : reads) log.Append({ReadOfPatient()}, read.done());
    AwaitBlockedInsert();
    stopper = std::thread([&] { log.Stop(); });
  });
  stopper.join();
  for (Pending& read : reads) EXPECT_OK(read.future.get());
  EXPECT_EQ(Count("audit_events"), 5);
  Pending late;
  log.Append({ReadOfPatient()}, late.done());
  EXPECT_THAT(late.future.get(), FailsWith(absl::StatusCode::kUnavailable, "OVERLOADED"));
}

TEST_F(ReadLogTest, ManyThreadsAreAllAnsweredOnce) {
  constexpr int kThreads = 16, kCalls = 50;
  std::atomic<int> done = 0, ok = 0;
  {
    ReadLog log(*pool_, clock_);
    std::vector<std::thread> threads;
    for (int i = 0; i < kThreads; ++i) {
      threads.emplace_back([&] {
        for (int call = 0; call < kCalls; ++call) {
          log.Append({ReadOfPatient()}, [&](absl::Status status) {
            ++done;
            ok += status.ok();
          });
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
  }
  EXPECT_EQ(done, kThreads * kCalls);
  EXPECT_EQ(ok, kThreads * kCalls);
  EXPECT_EQ(Count("audit_events"), kThreads * kCalls);
}

}  // namespace
}  // namespace portal::audit
