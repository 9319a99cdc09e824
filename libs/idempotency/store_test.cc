#include "libs/idempotency/store.h"

#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>
#include <google/protobuf/wrappers.pb.h>

#include <atomic>
#include <future>
#include <map>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "libs/idempotency/queries.h"
#include "libs/testing/fake_clock.h"
#include "libs/testing/key_files.h"
#include "libs/testing/postgres.h"
#include "libs/testing/postgres_proxy.h"
#include "libs/testing/postgres_queries.h"
#include "libs/testing/status_matchers.h"

namespace portal::idempotency {
namespace {

using ::google::protobuf::StringValue;
using testing::FailsWith;
using testing::PostgresProxy;

constexpr db::Query kInsertChange{"InsertChange",
                                  "INSERT INTO changes (what) VALUES ($1) RETURNING id"};
constexpr db::Query kTestQueries[] = {kInsertChange};

StringValue Text(const std::string& value) {
  StringValue message;
  message.set_value(value);
  return message;
}

class StoreTest : public ::testing::Test {
 protected:
  StoreTest() {
    key_folder_.AddSymmetricKey("k1");
    keys_ = *crypto::Keyring::Load(key_folder_.path());
    store_ = std::make_unique<Store>(*keys_, clock_);
    Sql("CREATE TABLE changes (id serial PRIMARY KEY, what text);"
        "GRANT INSERT, SELECT ON changes TO portal_foundation_app;"
        "GRANT USAGE ON changes_id_seq TO portal_foundation_app");
    pool_ = NewPool(database_.app);
  }

  std::unique_ptr<db::Pool> NewPool(const std::string& url, int size = 2) const {
    return std::make_unique<db::Pool>(db::PoolOptions{.conninfo = url,
                                                      .application_name = "idempotency_test",
                                                      .size = size,
                                                      .lock_timeout = absl::Seconds(30),
                                                      .acquire_timeout = absl::Seconds(30),
                                                      .queries = {queries::kAll, kTestQueries}});
  }

  std::string Sql(const std::string& sql) const { return testing::Psql(database_.superuser, sql); }
  std::string Changes() const { return Sql("SELECT what FROM changes ORDER BY id"); }

  // A change that answers with the row's number, which no other change gets.
  absl::StatusOr<StringValue> Change(db::Transaction& transaction, const std::string& what) {
    ++runs_;
    const int64_t id = transaction.Exec(kInsertChange, what).One().Int64("id");
    return Text(absl::StrCat("change ", id));
  }
  absl::StatusOr<StringValue> Run(db::Pool& pool, const Key& key, const std::string& what) {
    return store_->Run<StringValue>(pool, {}, key, Text(what), [&](db::Transaction& transaction) {
      return Change(transaction, what);
    });
  }
  absl::StatusOr<StringValue> Run(const std::string& what) { return Run(*pool_, key_, what); }

  const testing::TestDatabase database_ =
      testing::PostgresCluster::Shared().CreateDatabase("foundation");
  testing::FakeClock clock_;
  testing::KeyFolder key_folder_;
  std::unique_ptr<crypto::Keyring> keys_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<db::Pool> pool_;
  const Key key_{"account-1", "portal.records.v1.PatientService/CreatePatient",
                 "0190163d-8694-739b-aea5-966c26f8ad91"};
  std::atomic<int> runs_ = 0;
};

TEST_F(StoreTest, RepetitionGetsTheFirstAnswerAndChangesNothing) {
  ASSERT_OK_AND_ASSIGN(const StringValue first, Run("a"));
  ASSERT_OK_AND_ASSIGN(const StringValue again, Run("a"));
  EXPECT_EQ(first.value(), "change 1");
  EXPECT_EQ(again.value(), "change 1");
  EXPECT_EQ(runs_, 1);
  EXPECT_EQ(Changes(), "a");
}

TEST_F(StoreTest, AlteredRequestIsRefusedAndChangesNothing) {
  ASSERT_OK(Run("a"));
  EXPECT_THAT(Run("b"), FailsWith(absl::StatusCode::kInvalidArgument, "REQUEST_ID_REUSED"));
  EXPECT_EQ(runs_, 1);
  EXPECT_EQ(Changes(), "a");
  EXPECT_OK(Run("a"));
}

TEST_F(StoreTest, OtherCallersAndMethodsMayUseTheSameId) {
  ASSERT_OK(Run("a"));
  Key other = key_;
  other.caller = "account-2";
  EXPECT_OK(Run(*pool_, other, "b"));
  other = key_;
  other.method += "2";
  EXPECT_OK(Run(*pool_, other, "c"));
  EXPECT_EQ(Changes(), "a\nb\nc");
}

TEST_F(StoreTest, FailedChangeLeavesNothingAndMayBeTriedAgain) {
  EXPECT_THAT(store_->Run<StringValue>(*pool_, {}, key_, Text("a"),
                                       [&](db::Transaction& t) -> absl::StatusOr<StringValue> {
                                         RETURN_IF_ERROR(Change(t, "a").status());
                                         return status::EtagMismatch();
                                       }),
              FailsWith(absl::StatusCode::kAborted, "ETAG_MISMATCH"));
  EXPECT_EQ(Sql("SELECT count(*) FROM idempotency_keys"), "0");
  EXPECT_EQ(Changes(), "");
  EXPECT_OK(Run("b"));
  EXPECT_EQ(Changes(), "b");
}

TEST_F(StoreTest, MalformedIdIsRefusedAndChangesNothing) {
  for (const std::string& id :
       {std::string(), std::string("x"), key_.request_id.substr(1), key_.request_id + "0",
        std::string("0190163D-8694-739B-AEA5-966C26F8AD91"), " " + key_.request_id.substr(1),
        std::string("0190163d86944739baea54966c26f84ad914")}) {
    Key key = key_;
    key.request_id = id;
    EXPECT_THAT(Run(*pool_, key, "a"),
                FailsWith(absl::StatusCode::kInvalidArgument, "INVALID_FIELD"))
        << id;
  }
  EXPECT_EQ(runs_, 0);
  EXPECT_EQ(Sql("SELECT count(*) FROM idempotency_keys"), "0");
}

TEST_F(StoreTest, AnswerIsKeptForTheRetentionAndNotLonger) {
  ASSERT_OK(Run("a"));
  clock_.Advance(kRetention - absl::Microseconds(1));
  ASSERT_OK_AND_ASSIGN(const StringValue last, Run("a"));
  EXPECT_EQ(last.value(), "change 1");
  clock_.Advance(absl::Microseconds(1));
  ASSERT_OK_AND_ASSIGN(const StringValue anew, Run("b"));
  EXPECT_EQ(anew.value(), "change 2");
  EXPECT_EQ(Changes(), "a\nb");
  EXPECT_EQ(Sql("SELECT count(*) FROM idempotency_keys"), "1");
}

TEST_F(StoreTest, FindGivesTheRecordedAnswerUntilItExpires) {
  ASSERT_OK_AND_ASSIGN(const auto none, store_->Find<StringValue>(*pool_, {}, key_, Text("a")));
  EXPECT_FALSE(none.has_value());
  EXPECT_EQ(Sql("SELECT count(*) FROM idempotency_keys"), "0");
  ASSERT_OK(Run("a"));
  clock_.Advance(kRetention - absl::Microseconds(1));
  ASSERT_OK_AND_ASSIGN(const auto found, store_->Find<StringValue>(*pool_, {}, key_, Text("a")));
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->value(), "change 1");
  clock_.Advance(absl::Microseconds(1));
  ASSERT_OK_AND_ASSIGN(const auto expired, store_->Find<StringValue>(*pool_, {}, key_, Text("a")));
  EXPECT_FALSE(expired.has_value());
  EXPECT_EQ(runs_, 1);
}

TEST_F(StoreTest, FindRefusesAlteredRequestsAndMalformedIdsAsRunDoes) {
  ASSERT_OK(Run("a"));
  EXPECT_THAT(store_->Find<StringValue>(*pool_, {}, key_, Text("b")),
              FailsWith(absl::StatusCode::kInvalidArgument, "REQUEST_ID_REUSED"));
  Key malformed = key_;
  malformed.request_id = "x";
  EXPECT_THAT(store_->Find<StringValue>(*pool_, {}, malformed, Text("a")),
              FailsWith(absl::StatusCode::kInvalidArgument, "INVALID_FIELD"));
}

TEST_F(StoreTest, PruningRemovesWhatHasExpiredUpToTheLimit) {
  const auto run = [&](int n) {
    Key key = key_;
    key.caller = absl::StrCat("account-", n);
    ASSERT_OK(Run(*pool_, key, "a"));
  };
  for (int n = 0; n < 5; ++n) run(n);
  clock_.Advance(kRetention / 2);
  run(5);
  clock_.Advance(kRetention / 2);
  const auto prune = [&](int limit) { return *store_->Prune(*pool_, limit); };
  EXPECT_EQ(prune(3), 3);
  EXPECT_EQ(prune(3), 2);
  EXPECT_EQ(prune(3), 0);
  EXPECT_EQ(Sql("SELECT caller FROM idempotency_keys"), "account-5");
}

TEST_F(StoreTest, PrunerRemovesInTheBackground) {
  ASSERT_OK(Run("a"));
  clock_.Advance(kRetention);
  Pruner pruner(*pool_, *store_);
  while (Sql("SELECT count(*) FROM idempotency_keys") != "0") {
  }
}

TEST_F(StoreTest, StoredAnswerAndRequestAreUnreadable) {
  const std::string canary = "blanket harbor violin tundra epoch";
  ASSERT_OK(store_->Run<StringValue>(*pool_, {}, key_, Text(canary), [&](db::Transaction&) {
    return absl::StatusOr<StringValue>(Text(canary));
  }));
  const std::string row =
      Sql("SELECT encode(request_mac, 'escape'), encode(response, 'escape') FROM idempotency_keys");
  EXPECT_EQ(row.find("harbor"), std::string::npos);
}

TEST_F(StoreTest, AnswerMovedToAnotherRequestIsNotGivenOut) {
  Key other = key_;
  other.caller = "account-2";
  ASSERT_OK(Run("a"));
  ASSERT_OK(Run(*pool_, other, "a"));
  Sql("UPDATE idempotency_keys SET response = (SELECT response FROM idempotency_keys "
      "WHERE caller = 'account-1')");
  EXPECT_OK(Run("a"));
  EXPECT_THAT(Run(*pool_, other, "a"), FailsWith(absl::StatusCode::kInternal, "INTERNAL"));
}

TEST_F(StoreTest, RedactedAnswerIsRepeatedWithoutItsSecret) {
  const auto run = [&] {
    return store_->Run<StringValue>(
        *pool_, {}, key_, Text("a"), [&](db::Transaction& t) { return Change(t, "a"); },
        [](StringValue& stored) { stored.set_value("redacted"); });
  };
  ASSERT_OK_AND_ASSIGN(const StringValue first, run());
  ASSERT_OK_AND_ASSIGN(const StringValue again, run());
  EXPECT_EQ(first.value(), "change 1");
  EXPECT_EQ(again.value(), "redacted");
}

TEST_F(StoreTest, RepetitionsOwnWorkIsCommittedWithItAndMayRefuseIt) {
  absl::Status verdict;
  const auto run = [&] {
    return store_->Run<StringValue>(
        *pool_, {}, key_, Text("a"), [&](db::Transaction& t) { return Change(t, "a"); }, nullptr,
        [&](db::Transaction& t, const StringValue& recorded) -> absl::Status {
          RETURN_IF_ERROR(Change(t, "repeated " + recorded.value()).status());
          return verdict;
        });
  };
  ASSERT_OK(run());
  EXPECT_EQ(Changes(), "a");
  ASSERT_OK_AND_ASSIGN(const StringValue again, run());
  EXPECT_EQ(again.value(), "change 1");
  EXPECT_EQ(Changes(), "a\nrepeated change 1");
  verdict = status::EtagMismatch();
  EXPECT_THAT(run(), FailsWith(absl::StatusCode::kAborted, "ETAG_MISMATCH"));
  EXPECT_EQ(Changes(), "a\nrepeated change 1");
}

TEST_F(StoreTest, EqualRequestsAreEqualWhateverTheOrderOfTheirMaps) {
  const auto run = [&](const std::vector<std::string>& names) {
    // Through libprotobuf: its map templates do not fit together with a sanitized caller.
    std::string json;
    for (const std::string& name : names) {
      absl::StrAppend(&json, json.empty() ? "{" : ",", "\"", name, "\":\"x\"");
    }
    google::protobuf::Struct request;
    EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(json + "}", &request).ok());
    return store_->Run<StringValue>(*pool_, {}, key_, request,
                                    [&](db::Transaction& t) { return Change(t, "a"); });
  };
  std::vector<std::string> names;
  for (int i = 0; i < 100; ++i) names.push_back(absl::StrCat("field", i));
  ASSERT_OK(run(names));
  EXPECT_OK(run({names.rbegin(), names.rend()}));
  EXPECT_EQ(runs_, 1);
}

TEST_F(StoreTest, KeyRotationKeepsAnswers) {
  ASSERT_OK(Run("a"));
  key_folder_.AddSymmetricKey("k2");
  ASSERT_OK(keys_->Reload());
  ASSERT_OK_AND_ASSIGN(const StringValue again, Run("a"));
  EXPECT_EQ(again.value(), "change 1");
  EXPECT_THAT(Run("b"), FailsWith(absl::StatusCode::kInvalidArgument, "REQUEST_ID_REUSED"));
}

TEST_F(StoreTest, OfManyAtOnceOneRunsAndAllGetItsAnswer) {
  constexpr int kThreads = 32;
  const auto pool = NewPool(database_.app, kThreads);
  for (int round = 0; round < 5; ++round) {
    Key key = key_;
    key.caller = absl::StrCat("account-", round);
    std::vector<std::future<absl::StatusOr<StringValue>>> answers;
    for (int i = 0; i < kThreads; ++i) {
      answers.push_back(std::async(std::launch::async, [&] { return Run(*pool, key, "a"); }));
    }
    std::map<std::string, int> values;
    for (auto& future : answers) {
      const absl::StatusOr<StringValue> answer = future.get();
      ASSERT_OK(answer);
      ++values[answer->value()];
    }
    EXPECT_EQ(values.size(), 1);
    EXPECT_EQ(runs_, round + 1);
  }
  EXPECT_EQ(Sql("SELECT count(*) FROM changes"), "5");
}

TEST_F(StoreTest, OfTwoBodiesAtOnceOneWinsAndTheOtherIsRefused) {
  constexpr int kThreads = 16;
  const auto pool = NewPool(database_.app, kThreads);
  std::vector<std::future<absl::StatusOr<StringValue>>> answers;
  for (int i = 0; i < kThreads; ++i) {
    answers.push_back(
        std::async(std::launch::async, [&, i] { return Run(*pool, key_, i % 2 ? "a" : "b"); }));
  }
  int refused = 0;
  for (auto& future : answers) {
    const absl::Status status = future.get().status();
    if (status.ok()) continue;
    ++refused;
    EXPECT_THAT(status, FailsWith(absl::StatusCode::kInvalidArgument, "REQUEST_ID_REUSED"));
  }
  EXPECT_EQ(refused, kThreads / 2);
  EXPECT_EQ(runs_, 1);
}

TEST_F(StoreTest, CopyThatWaitsRunsWhenTheFirstOneFails) {
  std::future<absl::StatusOr<StringValue>> copy;
  EXPECT_THAT(store_->Run<StringValue>(
                  *pool_, {}, key_, Text("a"),
                  [&](db::Transaction& t) -> absl::StatusOr<StringValue> {
                    RETURN_IF_ERROR(Change(t, "a").status());
                    copy = std::async(std::launch::async, [&] { return Run("a"); });
                    while (Sql("SELECT count(*) FROM pg_locks WHERE NOT granted") == "0") {
                    }
                    return status::EtagMismatch();
                  }),
              FailsWith(absl::StatusCode::kAborted, "ETAG_MISMATCH"));
  EXPECT_OK(copy.get());
  EXPECT_EQ(runs_, 2);
  EXPECT_EQ(Changes(), "a");
}

class InDoubtTest : public StoreTest {
 protected:
  PostgresProxy proxy_{database_.app};
  std::unique_ptr<db::Pool> far_pool_ = NewPool(proxy_.url());
};

TEST_F(InDoubtTest, CommittedChangeWhoseAnswerIsLostIsNotMadeAgain) {
  proxy_.LoseNextCommit(PostgresProxy::Loss::kAfterCommit);
  ASSERT_OK_AND_ASSIGN(const StringValue answer, Run(*far_pool_, key_, "a"));
  EXPECT_EQ(answer.value(), "change 1");
  EXPECT_EQ(runs_, 1);
  EXPECT_EQ(Changes(), "a");
}

TEST_F(InDoubtTest, ChangeThatWasNotCommittedIsMade) {
  proxy_.LoseNextCommit(PostgresProxy::Loss::kBeforeCommit);
  ASSERT_OK_AND_ASSIGN(const StringValue answer, Run(*far_pool_, key_, "a"));
  EXPECT_EQ(answer.value(), "change 2");  // the sequence remembers the one that was rolled back
  EXPECT_EQ(runs_, 2);
  EXPECT_EQ(Changes(), "a");
}

TEST_F(InDoubtTest, ChangeIsMadeOnceWhateverTheMomentOfTheLoss) {
  constexpr int kRounds = 30;
  const PostgresProxy::Loss losses[] = {PostgresProxy::Loss::kBeforeCommit,
                                        PostgresProxy::Loss::kDuringCommit,
                                        PostgresProxy::Loss::kAfterCommit};
  for (int round = 0; round < kRounds; ++round) {
    Key key = key_;
    key.caller = absl::StrCat("account-", round);
    proxy_.LoseNextCommit(losses[round % 3]);
    EXPECT_OK(Run(*far_pool_, key, absl::StrCat(round)));
  }
  EXPECT_EQ(Sql("SELECT count(*), count(DISTINCT what) FROM changes"),
            absl::StrCat(kRounds, "|", kRounds));
}

TEST_F(InDoubtTest, RefusalFoundOnTheSecondRunIsTold) {
  proxy_.LoseNextCommit(PostgresProxy::Loss::kBeforeCommit);
  bool again = false;
  EXPECT_THAT(store_->Run<StringValue>(*far_pool_, {}, key_, Text("a"),
                                       [&](db::Transaction& t) -> absl::StatusOr<StringValue> {
                                         if (again) return status::EtagMismatch();
                                         again = true;
                                         return Change(t, "a");
                                       }),
              FailsWith(absl::StatusCode::kAborted, "ETAG_MISMATCH"));
  EXPECT_EQ(Changes(), "");
}

TEST_F(InDoubtTest, RefusalOfTheRepetitionThatFindsTheChangeIsTold) {
  proxy_.LoseNextCommit(PostgresProxy::Loss::kAfterCommit);
  EXPECT_THAT(
      store_->Run<StringValue>(
          *far_pool_, {}, key_, Text("a"), [&](db::Transaction& t) { return Change(t, "a"); },
          nullptr, [](db::Transaction&, const StringValue&) { return status::EtagMismatch(); }),
      FailsWith(absl::StatusCode::kAborted, "ETAG_MISMATCH"));
  EXPECT_EQ(runs_, 1);
  EXPECT_EQ(Changes(), "a");
}

// With PostgreSQL gone nobody knows: the caller must not be told that nothing was changed.
TEST_F(InDoubtTest, DoubtThatCannotBeResolvedIsTold) {
  testing::PostgresCluster cluster;
  const testing::TestDatabase database = cluster.CreateDatabase("foundation");
  testing::Psql(database.superuser,
                "CREATE TABLE changes (id serial, what text); GRANT ALL ON changes, changes_id_seq "
                "TO PUBLIC;"
                "CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS "
                "'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END';"
                "ALTER FUNCTION die() SECURITY DEFINER;"
                "CREATE CONSTRAINT TRIGGER die AFTER INSERT ON changes DEFERRABLE INITIALLY "
                "DEFERRED FOR EACH ROW EXECUTE FUNCTION die()");
  const auto pool = NewPool(database.app);
  EXPECT_THAT(Run(*pool, key_, "a"), FailsWith(absl::StatusCode::kUnavailable, "COMMIT_IN_DOUBT"));
  EXPECT_EQ(runs_, 2);
}

TEST_F(StoreTest, StatementsFitTheSchemaAndUseIndexes) {
  testing::ExpectQueriesPrepare(database_.app, queries::kAll);
  Sql("INSERT INTO idempotency_keys (caller, method, request_id, mac_key_id, request_mac, "
      "created_at, expires_at) SELECT 'c' || n, 'm', 'r', 'k1', '', now(), now() + n * interval '1 "
      "second' FROM generate_series(1, 20000) AS n; ANALYZE idempotency_keys");
  for (const db::Query& query : queries::kAll) {
    EXPECT_THAT(testing::SequentialScans(database_.app, query), ::testing::IsEmpty()) << query.name;
  }
}

}  // namespace
}  // namespace portal::idempotency
