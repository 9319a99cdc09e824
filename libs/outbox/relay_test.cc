#include "libs/outbox/relay.h"

#include <sys/wait.h>
#include <unistd.h>

#include <future>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "libs/outbox/queries.h"
#include "libs/status/errors.h"
#include "libs/testing/fake_clock.h"
#include "libs/testing/key_files.h"
#include "libs/testing/log_capture.h"
#include "libs/testing/postgres.h"
#include "libs/testing/postgres_queries.h"
#include "libs/testing/status_matchers.h"

namespace portal::outbox {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr char kTopic[] = "identity.mail";

// What a consumer got, and how it answers.
class Consumer {
 public:
  Route route() {
    return [this](const Delivery& delivery) {
      std::lock_guard lock(mutex_);
      deliveries_.push_back(delivery);
      return answer_ ? answer_(delivery) : absl::OkStatus();
    };
  }
  void AnswerBy(std::function<absl::Status(const Delivery&)> answer) {
    answer_ = std::move(answer);
  }
  void Answer(absl::Status status) {
    AnswerBy([status](const Delivery&) { return status; });
  }

  std::vector<Delivery> deliveries() const {
    std::lock_guard lock(mutex_);
    return deliveries_;
  }
  std::vector<std::string> payloads() const {
    std::vector<std::string> payloads;
    for (const Delivery& delivery : deliveries()) payloads.push_back(delivery.payload);
    return payloads;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<Delivery> deliveries_;  // guarded by mutex_
  std::function<absl::Status(const Delivery&)> answer_;
};

class RelayTest : public ::testing::Test {
 protected:
  RelayTest() {
    key_folder_.AddSymmetricKey("k1");
    keys_ = *crypto::Keyring::Load(key_folder_.path());
    outbox_ = std::make_unique<Outbox>(*keys_, clock_);
    relay_ = NewRelay(*pool_);
  }

  std::unique_ptr<db::Pool> NewPool() const {
    return std::make_unique<db::Pool>(db::PoolOptions{.conninfo = database_.app,
                                                      .application_name = "outbox_test",
                                                      .size = 4,
                                                      .queries = {queries::kAll}});
  }
  std::unique_ptr<Relay> NewRelay(db::Pool& pool, RelayOptions options = {}) {
    return std::make_unique<Relay>(pool, *outbox_, metrics_,
                                   std::map<std::string, Route>{{kTopic, consumer_.route()}},
                                   options);
  }

  id::Uuid Append(const std::string& payload, const std::string& topic = kTopic) {
    return AppendTo(*outbox_, payload, topic);
  }
  id::Uuid AppendTo(Outbox& outbox, const std::string& payload, const std::string& topic = kTopic) {
    id::Uuid event_id;
    EXPECT_OK(pool_->Transact([&](db::Transaction& transaction) {
      event_id = outbox.Append(transaction, topic, payload);
      return absl::OkStatus();
    }));
    return event_id;
  }
  int Deliver() {
    const absl::StatusOr<int> claimed = relay_->DeliverOnce();
    EXPECT_OK(claimed);
    return claimed.value_or(-1);
  }
  double Metric(const std::string& name) { return metrics_.AddGauge(name, "").Value(); }
  double CounterMetric(const std::string& name) { return metrics_.AddCounter(name, "").Value(); }

  // As the superuser.
  std::string Sql(const std::string& sql) const { return testing::Psql(database_.superuser, sql); }
  std::string Rows() const { return Sql("SELECT count(*) FROM outbox_events"); }

  const testing::TestDatabase database_ =
      testing::PostgresCluster::Shared().CreateDatabase("foundation");
  testing::FakeClock clock_;
  testing::KeyFolder key_folder_;
  testing::LogCapture log_;
  telemetry::Metrics metrics_;
  std::unique_ptr<crypto::Keyring> keys_;
  std::unique_ptr<Outbox> outbox_;
  std::unique_ptr<db::Pool> pool_ = NewPool();
  Consumer consumer_;
  std::unique_ptr<Relay> relay_;
};

TEST_F(RelayTest, CommittedEventIsDeliveredOnceAndErased) {
  const id::Uuid event_id = Append("hello");
  EXPECT_EQ(Deliver(), 1);
  ASSERT_THAT(consumer_.payloads(), ElementsAre("hello"));
  const Delivery delivery = consumer_.deliveries().front();
  EXPECT_EQ(delivery.event_id, event_id);
  EXPECT_EQ(delivery.topic, kTopic);
  EXPECT_EQ(delivery.attempt, 1);
  EXPECT_EQ(delivery.age, absl::ZeroDuration());
  EXPECT_EQ(delivery.deadline, clock_.Now() + RelayOptions().delivery_timeout);
  EXPECT_EQ(Rows(), "0");
  EXPECT_EQ(Deliver(), 0);
  EXPECT_EQ(CounterMetric("outbox_delivered_total"), 1);
}

TEST_F(RelayTest, EventTakenOverKeepsItsId) {
  const id::Uuid event_id = id::NewUuidV7(clock_);
  ASSERT_OK(pool_->Transact([&](db::Transaction& transaction) {
    outbox_->TakeOver(transaction, event_id, kTopic, "hello");
    return absl::OkStatus();
  }));
  EXPECT_EQ(Deliver(), 1);
  ASSERT_EQ(consumer_.deliveries().size(), 1);
  EXPECT_EQ(consumer_.deliveries()[0].event_id, event_id);
  EXPECT_EQ(consumer_.deliveries()[0].payload, "hello");
}

TEST_F(RelayTest, EventOfAChangeThatFailedIsNeverDelivered) {
  EXPECT_THAT(pool_->Transact([&](db::Transaction& transaction) {
    outbox_->Append(transaction, kTopic, "hello");
    return status::EtagMismatch();
  }),
              testing::FailsWith(absl::StatusCode::kAborted, "ETAG_MISMATCH"));
  EXPECT_EQ(Deliver(), 0);
  EXPECT_EQ(Rows(), "0");
}

TEST_F(RelayTest, EventIsInvisibleUntilItsCommit) {
  EXPECT_OK(pool_->Transact([&](db::Transaction& transaction) {
    outbox_->Append(transaction, kTopic, "hello");
    EXPECT_EQ(Deliver(), 0);
    return absl::OkStatus();
  }));
  EXPECT_EQ(Deliver(), 1);
}

TEST_F(RelayTest, CommitWakesTheRelay) {
  std::promise<void> delivered;
  consumer_.AnswerBy([&](const Delivery& delivery) {
    if (delivery.payload == "second") delivered.set_value();
    return absl::OkStatus();
  });
  const auto relay = NewRelay(*pool_, {.threads = 1, .poll = absl::Hours(1)});
  relay->Start();
  Append("first");
  while (consumer_.deliveries().empty()) std::this_thread::yield();
  Append("second");
  delivered.get_future().wait();
}

TEST_F(RelayTest, EventOfAnotherProcessIsFoundByPolling) {
  std::promise<void> delivered;
  consumer_.AnswerBy([&](const Delivery&) {
    delivered.set_value();
    return absl::OkStatus();
  });
  const auto relay = NewRelay(*pool_, {.poll = absl::Milliseconds(5)});
  relay->Start();
  Outbox other(*keys_, clock_);
  AppendTo(other, "hello");
  delivered.get_future().wait();
}

TEST_F(RelayTest, FailureIsRetriedAfterAGrowingWaitUpToTheLongest) {
  consumer_.Answer(status::DependencyUnavailable("the mail server"));
  const id::Uuid event_id = Append("hello");
  absl::Duration expected = RelayOptions().first_retry;
  for (int attempt = 1; attempt <= 12; ++attempt) {
    ASSERT_EQ(Deliver(), 1) << attempt;
    EXPECT_EQ(consumer_.deliveries().back().attempt, attempt);
    const int64_t due_us = std::stoll(Sql("SELECT micros(available_at) FROM outbox_events"));
    const absl::Duration wait = absl::FromUnixMicros(due_us) - clock_.Now();
    EXPECT_GE(wait, expected / 2);
    EXPECT_LE(wait, expected);
    clock_.Advance(wait - absl::Microseconds(1));
    EXPECT_EQ(Deliver(), 0);
    clock_.Advance(absl::Microseconds(1));
    expected = std::min(expected * 2, RelayOptions().longest_retry);
  }
  EXPECT_EQ(Sql("SELECT attempts, last_error_code FROM outbox_events"),
            "12|UNAVAILABLE/DEPENDENCY_UNAVAILABLE");
  consumer_.Answer(absl::OkStatus());
  EXPECT_EQ(Deliver(), 1);
  EXPECT_EQ(Rows(), "0");
  EXPECT_EQ(CounterMetric("outbox_failed_total"), 12);
  for (const Delivery& delivery : consumer_.deliveries()) EXPECT_EQ(delivery.event_id, event_id);
}

TEST_F(RelayTest, WhatIsSoonOfNoUseIsTriedAgainSooner) {
  consumer_.Answer(absl::UnavailableError(""));
  Append("hello");
  for (int attempt = 1; attempt <= 12; ++attempt) {
    EXPECT_EQ(Deliver(), 1);
    clock_.Advance(RelayOptions().longest_retry);
  }
  const auto wait_after = [&](absl::Duration longest) {
    consumer_.Answer(TryAgainWithin(longest, absl::UnavailableError("")));
    clock_.Advance(RelayOptions().longest_retry);
    EXPECT_EQ(Deliver(), 1);
    const int64_t due_us = std::stoll(Sql("SELECT micros(available_at) FROM outbox_events"));
    return absl::FromUnixMicros(due_us) - clock_.Now();
  };
  EXPECT_EQ(wait_after(absl::Seconds(90)), absl::Seconds(90));
  EXPECT_EQ(wait_after(absl::Milliseconds(1)), RelayOptions().first_retry);
  EXPECT_LE(wait_after(absl::Hours(5)), RelayOptions().longest_retry);
}

TEST_F(RelayTest, AnEventsAgeIsToldWithEachAttempt) {
  consumer_.Answer(absl::UnavailableError(""));
  Append("hello");
  EXPECT_EQ(Deliver(), 1);
  clock_.Advance(absl::Hours(5));
  EXPECT_EQ(Deliver(), 1);
  EXPECT_EQ(consumer_.deliveries().back().age, absl::Hours(5));
}

TEST_F(RelayTest, EventThatCanNeverBeDeliveredIsKeptDeadUntilRevived) {
  consumer_.Answer(status::InvalidField("to", "no address"));
  const id::Uuid event_id = Append("hello");
  EXPECT_EQ(Deliver(), 1);
  clock_.Advance(absl::Hours(24 * 365));
  EXPECT_EQ(Deliver(), 0);
  EXPECT_EQ(Sql("SELECT event_id, last_error_code FROM outbox_events WHERE dead_at IS NOT NULL"),
            event_id.ToString() + "|INVALID_ARGUMENT/INVALID_FIELD");
  ASSERT_OK(relay_->Measure());
  EXPECT_EQ(Metric("outbox_dead"), 1);
  EXPECT_EQ(CounterMetric("outbox_buried_total"), 1);

  consumer_.Answer(absl::OkStatus());
  const auto revive = [&] {
    return *pool_->Execute([&](db::Session& session) -> absl::StatusOr<bool> {
      return outbox_->Revive(session, event_id);
    });
  };
  EXPECT_TRUE(revive());
  EXPECT_FALSE(revive());
  EXPECT_EQ(Deliver(), 1);
  EXPECT_EQ(Rows(), "0");
}

TEST_F(RelayTest, PoisonDoesNotKeepOthersFromDelivery) {
  consumer_.AnswerBy([](const Delivery& delivery) {
    if (delivery.payload == "dead") return status::InvalidField("to", "no address");
    if (delivery.payload == "failing") return status::Internal("defect");
    return absl::OkStatus();
  });
  Append("dead");
  Append("failing");
  Append("broken");
  Sql("UPDATE outbox_events SET payload = 'not sealed' WHERE event_id = "
      "(SELECT event_id FROM outbox_events ORDER BY event_id DESC LIMIT 1)");
  for (int i = 0; i < 40; ++i) Append("good");
  while (Deliver() > 0) {
  }
  EXPECT_EQ(CounterMetric("outbox_delivered_total"), 40);
  EXPECT_EQ(Rows(), "3");
  EXPECT_EQ(Sql("SELECT count(*) FROM outbox_events WHERE dead_at IS NULL"), "2");
}

// The process dies after the consumer acted and before the event is erased: real death, in a child.
TEST_F(RelayTest, EventOfACrashedRelayIsDeliveredAgainWithTheSameId) {
  const id::Uuid event_id = Append("hello");
  pool_.reset();  // a connection cannot be shared with a child
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    const auto pool = NewPool();
    consumer_.AnswerBy([&](const Delivery& delivery) {
      _exit(delivery.event_id == event_id ? 7 : 8);
      return absl::OkStatus();
    });
    NewRelay(*pool)->DeliverOnce().IgnoreError();
    _exit(9);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 7) << status;

  pool_ = NewPool();
  relay_ = NewRelay(*pool_);
  EXPECT_EQ(Deliver(), 0);  // still leased to the dead
  clock_.Advance(RelayOptions().lease);
  EXPECT_EQ(Deliver(), 1);
  EXPECT_EQ(consumer_.deliveries().front().event_id, event_id);
  EXPECT_EQ(consumer_.deliveries().front().attempt, 2);
  EXPECT_EQ(Rows(), "0");
}

TEST_F(RelayTest, LeaseKeepsOthersAwayWhileItLasts) {
  const auto other = NewRelay(*pool_);
  consumer_.AnswerBy([&](const Delivery& delivery) {
    if (delivery.attempt > 1) return absl::OkStatus();
    const absl::StatusOr<int> claimed = other->DeliverOnce();
    EXPECT_OK(claimed);
    EXPECT_EQ(*claimed, 0);
    return status::Internal("defect");
  });
  Append("hello");
  EXPECT_EQ(Deliver(), 1);
}

// A relay that comes back from a long pause must not disturb the one that took over.
TEST_F(RelayTest, OutcomeOfAnExpiredLeaseIsForgotten) {
  Append("hello");
  std::optional<std::string> taken_over;
  consumer_.AnswerBy([&](const Delivery& delivery) {
    if (delivery.attempt > 1) return status::DependencyUnavailable("the mail server");
    clock_.Advance(RelayOptions().lease);
    Sql("UPDATE outbox_events SET attempts = attempts + 1");  // as a claim of another relay does
    taken_over = Sql("SELECT available_at, attempts, dead_at FROM outbox_events");
    return status::InvalidField("to", "no address");
  });
  EXPECT_EQ(Deliver(), 1);
  EXPECT_EQ(Sql("SELECT available_at, attempts, dead_at FROM outbox_events"), taken_over);
}

TEST_F(RelayTest, TwoRelaysShareTheWorkAndDeliverEachEventOnce) {
  constexpr int kEvents = 300;
  for (int i = 0; i < kEvents; ++i) Append(absl::StrCat(i));
  const auto pool_a = NewPool(), pool_b = NewPool();
  {
    const auto a = NewRelay(*pool_a, {.batch = 4}), b = NewRelay(*pool_b, {.batch = 4});
    std::vector<std::thread> threads;
    for (Relay* relay : {a.get(), b.get()}) {
      threads.emplace_back([relay] {
        absl::StatusOr<int> claimed = 1;
        while (claimed.ok() && *claimed > 0) claimed = relay->DeliverOnce();
        EXPECT_OK(claimed);
      });
    }
    for (std::thread& thread : threads) thread.join();
  }
  std::map<id::Uuid, int> times;
  for (const Delivery& delivery : consumer_.deliveries()) ++times[delivery.event_id];
  EXPECT_EQ(times.size(), kEvents);
  EXPECT_EQ(consumer_.deliveries().size(), kEvents);
  EXPECT_EQ(Rows(), "0");
}

TEST_F(RelayTest, TopicWithoutARouteWaits) {
  Append("hello", "records.later");
  EXPECT_EQ(Deliver(), 0);
  EXPECT_EQ(Sql("SELECT attempts FROM outbox_events"), "0");
  clock_.Advance(absl::Seconds(90));
  ASSERT_OK(relay_->Measure());
  EXPECT_EQ(Metric("outbox_pending"), 1);
  EXPECT_EQ(Metric("outbox_oldest_pending_seconds"), 90);
}

TEST_F(RelayTest, StopFinishesTheRunningDeliveryAndGivesBackTheRest) {
  const auto relay = NewRelay(*pool_, {.threads = 1, .poll = absl::Hours(1)});
  std::promise<void> running, go_on;
  consumer_.AnswerBy([&](const Delivery&) {
    running.set_value();
    go_on.get_future().wait();
    return absl::OkStatus();
  });
  for (int i = 0; i < 5; ++i) Append(absl::StrCat(i));
  relay->Start();
  running.get_future().wait();
  std::thread stopper([&] { relay->Stop(); });
  while (!relay->stopping()) std::this_thread::yield();
  go_on.set_value();
  stopper.join();
  EXPECT_THAT(consumer_.payloads(), ElementsAre("0"));
  EXPECT_EQ(Sql("SELECT count(*) FROM outbox_events WHERE attempts = 0"), "4");
  consumer_.Answer(absl::OkStatus());
  EXPECT_EQ(Deliver(), 4);  // at once: no lease is left
}

TEST_F(RelayTest, WhatTheLeaseLeavesNoTimeForIsGivenBack) {
  consumer_.AnswerBy([&](const Delivery& delivery) {
    EXPECT_LE(delivery.deadline, clock_.Now() + RelayOptions().delivery_timeout);
    clock_.Advance(absl::Seconds(26));  // two of these fit into a lease, with the timeout
    return absl::OkStatus();
  });
  for (int i = 0; i < 5; ++i) Append(absl::StrCat(i));
  EXPECT_EQ(Deliver(), 5);
  EXPECT_THAT(consumer_.payloads(), ElementsAre("0", "1"));
  EXPECT_EQ(Sql("SELECT count(*) FROM outbox_events WHERE attempts = 0"), "3");
}

TEST_F(RelayTest, PayloadIsUnreadableInTheTableAndTheLog) {
  const std::string canary = "https://portal.example/reset#blanket-harbor";
  consumer_.Answer(absl::InvalidArgumentError(canary));
  Append(canary);
  Deliver();
  const std::string table =
      Sql("SELECT outbox_events::text, encode(payload, 'escape'), encode(payload, 'base64') "
          "FROM outbox_events");
  EXPECT_EQ(table.find("harbor"), std::string::npos);
  EXPECT_EQ(log_.Text().find("harbor"), std::string::npos);
  EXPECT_THAT(log_.Text(), ::testing::HasSubstr("outbox_event_buried"));
}

TEST_F(RelayTest, PayloadMovedToAnotherEventIsNotDelivered) {
  Append("one");
  Append("two");
  Sql("UPDATE outbox_events SET payload = (SELECT payload FROM outbox_events "
      "ORDER BY event_id LIMIT 1)");
  EXPECT_EQ(Deliver(), 2);
  EXPECT_THAT(consumer_.payloads(), ElementsAre("one"));
  EXPECT_EQ(Sql("SELECT last_error_code FROM outbox_events"), "INTERNAL/INTERNAL");
}

TEST_F(RelayTest, StatementsFitTheSchemaAndUseIndexes) {
  testing::ExpectQueriesPrepare(database_.app, queries::kAll);
  Sql("INSERT INTO outbox_events (event_id, topic, payload, created_at, available_at) SELECT "
      "gen_random_uuid(), 'identity.mail', '', now(), now() + n * interval '1 second' "
      "FROM generate_series(1, 20000) AS n; ANALYZE outbox_events");
  for (const db::Query& query : queries::kAll) {
    // The backlog is counted as a whole, a few times a minute.
    if (query.name == std::string("MeasureOutbox")) continue;
    EXPECT_THAT(testing::SequentialScans(database_.app, query), IsEmpty()) << query.name;
  }
}

}  // namespace
}  // namespace portal::outbox
