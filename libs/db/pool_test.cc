#include "libs/db/pool.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <latch>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/id/ids.h"
#include "libs/status/errors.h"
#include "libs/testing/fake_clock.h"
#include "libs/testing/postgres.h"
#include "libs/testing/status_matchers.h"

namespace portal::db {
namespace {

using testing::FailsWith;
using testing::IsOk;
using testing::PostgresCluster;
using testing::Psql;
using testing::TestDatabase;

constexpr char kSchema[] = R"sql(
CREATE TABLE items (
  id uuid CONSTRAINT items_pkey PRIMARY KEY,
  name text NOT NULL CONSTRAINT items_name_key UNIQUE,
  amount int CONSTRAINT items_amount_check CHECK (amount >= 0)
);
CREATE TABLE counters (name text PRIMARY KEY, value int NOT NULL);
INSERT INTO counters VALUES ('a', 0), ('b', 0);

-- Ends its own connection while COMMIT runs.
CREATE TABLE fatal (id int);
CREATE FUNCTION end_connection() RETURNS trigger LANGUAGE plpgsql AS
  'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END';
CREATE CONSTRAINT TRIGGER fatal_at_commit AFTER INSERT ON fatal
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION end_connection();

DO $$ BEGIN EXECUTE format('GRANT ALL ON items, counters, fatal TO %I',
                           replace(current_user, '_owner', '_app')); END $$;
)sql";

constexpr Query kInsertItem{"InsertItem",
                            "INSERT INTO items (id, name, amount) VALUES ($1, $2, $3)"};
constexpr Query kCountItems{"CountItems", "SELECT count(*) AS items FROM items"};
constexpr Query kRaise{"Raise", "SELECT ('x' || $1)::uuid"};
constexpr Query kAddToCounter{"AddToCounter",
                              "UPDATE counters SET value = value + $2 WHERE name = $1"};
constexpr Query kGetCounter{"GetCounter", "SELECT value FROM counters WHERE name = $1"};
constexpr Query kSleep{"Sleep", "SELECT pg_sleep($1::bigint / 1000.0)"};
constexpr Query kTimeouts{"Timeouts",
                          "SELECT current_setting('statement_timeout') AS statement, "
                          "current_setting('lock_timeout') AS lock, "
                          "current_setting('TimeZone') AS zone, "
                          "current_setting('application_name') AS application"};
constexpr Query kBackend{"Backend", "SELECT pg_backend_pid() AS pid"};
constexpr Query kEndConnection{"EndConnection", "SELECT pg_terminate_backend(pg_backend_pid())"};
constexpr Query kInsertAndEndConnection{"InsertAndEndConnection",
                                        "WITH i AS (INSERT INTO items (id, name) VALUES ($1, $2)) "
                                        "SELECT pg_terminate_backend(pg_backend_pid())"};
constexpr Query kInsertFatal{"InsertFatal", "INSERT INTO fatal VALUES (1)"};
constexpr Query kEcho{
    "Echo",
    "SELECT $1::text AS text, $2::bigint AS number, $3::boolean AS truth, $4::bigint AS time, "
    "$5::bytea AS bytes, $6::uuid AS id, $7::text[] AS texts, $8::uuid[] AS ids, $9::text AS "
    "nothing"};

constexpr Query kQueries[] = {
    kInsertItem, kCountItems, kRaise,         kAddToCounter,           kGetCounter,  kSleep,
    kTimeouts,   kBackend,    kEndConnection, kInsertAndEndConnection, kInsertFatal, kEcho};

absl::Status NameTaken() {
  return status::Error(absl::StatusCode::kAlreadyExists, "STAFF_EXISTS", "the name is taken");
}

int CountItems(const TestDatabase& database) {
  return std::stoi(Psql(database.superuser, "SELECT count(*) FROM items"));
}

class PoolTest : public ::testing::Test {
 protected:
  static TestDatabase NewDatabase(PostgresCluster& cluster) {
    TestDatabase database = cluster.CreateEmptyDatabase("pool");
    Psql(database.owner, kSchema);
    return database;
  }

  static PoolOptions Options(const TestDatabase& database) {
    return {.conninfo = database.app,
            .application_name = "pool_test",
            .size = 2,
            .statement_timeout = absl::Seconds(30),
            .lock_timeout = absl::Seconds(20),
            .acquire_timeout = absl::Seconds(20),
            .queries = {kQueries},
            .constraint_errors = {{"items_name_key", NameTaken}}};
  }

  absl::Status Insert(Pool& pool, const std::string& name, std::optional<int> amount = 1) {
    return pool.Execute([&](Session& session) {
      session.Exec(kInsertItem, id::NewUuidV7(time::SystemClock()), name, amount);
      return absl::OkStatus();
    });
  }

  static absl::StatusOr<int64_t> Backend(Pool& pool) {
    return pool.Read([](Session& session) -> absl::StatusOr<int64_t> {
      return session.Exec(kBackend).One().Int64("pid");
    });
  }

  const TestDatabase database_ = NewDatabase(PostgresCluster::Shared());
  Pool pool_{Options(database_)};
};

TEST_F(PoolTest, ValuesOfEveryTypeComeBackAsTheyWere) {
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes.push_back(static_cast<char>(i));
  const std::string text = "Zoë \"O'Neil\" \\ {a,b}\n€";
  const absl::Time time = absl::FromUnixMicros(1'772'355'600'123'456);
  const auto id = id::PatientId::New(time::SystemClock());
  const std::vector<std::string> texts = {"", "NULL", "a,b", "\"q\"", "back\\slash", "{}", text};
  const std::vector<id::PatientId> ids = {id, id::PatientId()};
  ASSERT_OK(pool_.Read([&](Session& session) {
    const Row row = session
                        .Exec(kEcho, text, INT64_MIN, true, time, Bytes{bytes}, id, texts, ids,
                              std::optional<std::string>())
                        .One();
    EXPECT_EQ(row.Text("text"), text);
    EXPECT_EQ(row.Int64("number"), INT64_MIN);
    EXPECT_TRUE(row.Bool("truth"));
    EXPECT_EQ(row.Time("time"), time);
    EXPECT_EQ(row.Bytes("bytes"), bytes);
    EXPECT_EQ(row.Id<id::PatientId>("id"), id);
    EXPECT_EQ(row.TextArray("texts"), texts);
    EXPECT_EQ(row.IdArray<id::PatientId>("ids"), ids);
    EXPECT_TRUE(row.IsNull("nothing"));
    EXPECT_EQ(row.OptionalText("nothing"), std::nullopt);
    EXPECT_EQ(row.OptionalText("text"), text);
    EXPECT_EQ(row.OptionalInt64("number"), INT64_MIN);
    EXPECT_EQ(row.OptionalBool("truth"), true);
    EXPECT_EQ(row.OptionalTime("time"), time);
    EXPECT_EQ(row.OptionalBytes("bytes"), bytes);
    EXPECT_EQ(row.OptionalId<id::PatientId>("id"), id);
    return absl::OkStatus();
  }));
  ASSERT_OK(pool_.Read([&](Session& session) {
    const Row row =
        session
            .Exec(kEcho, std::nullopt, std::nullopt, false, std::nullopt, std::nullopt,
                  std::nullopt, std::vector<std::string>(), std::vector<id::PatientId>(), "x")
            .One();
    EXPECT_EQ(row.OptionalText("text"), std::nullopt);
    EXPECT_EQ(row.OptionalInt64("number"), std::nullopt);
    EXPECT_FALSE(row.Bool("truth"));
    EXPECT_EQ(row.OptionalTime("time"), std::nullopt);
    EXPECT_EQ(row.OptionalBytes("bytes"), std::nullopt);
    EXPECT_EQ(row.OptionalId<id::PatientId>("id"), std::nullopt);
    EXPECT_TRUE(row.TextArray("texts").empty());
    EXPECT_TRUE(row.IdArray<id::PatientId>("ids").empty());
    return absl::OkStatus();
  }));
}

TEST_F(PoolTest, MisreadRowsAreInternalErrors) {
  const auto read = [&](auto fn) {
    return pool_.Read([&](Session& session) {
      fn(session.Exec(kCountItems));
      return absl::OkStatus();
    });
  };
  const auto internal = FailsWith(absl::StatusCode::kInternal, "INTERNAL");
  EXPECT_OK(read([](const Rows& rows) { rows.One().Int64("items"); }));
  EXPECT_THAT(read([](const Rows& rows) { rows.One().Int64("absent"); }), internal);
  EXPECT_THAT(read([](const Rows& rows) { rows.One().Uuid("items"); }), internal);
  EXPECT_THAT(read([](const Rows& rows) { rows.One().Bool("items"); }), internal);
  EXPECT_THAT(read([](const Rows& rows) { rows.One().Bytes("items"); }), internal);
  EXPECT_THAT(read([](const Rows& rows) { rows[1].Int64("items"); }), internal);
  EXPECT_THAT(pool_.Read([&](Session& session) {
    session.Exec(kGetCounter, "absent").One();
    return absl::OkStatus();
  }),
              internal);
  EXPECT_OK(pool_.Read([&](Session& session) {
    EXPECT_EQ(session.Exec(kGetCounter, "absent").AtMostOne().has_value(), false);
    EXPECT_EQ(session.Exec(kGetCounter, "a").AtMostOne().has_value(), true);
    return absl::OkStatus();
  }));
}

TEST_F(PoolTest, ConnectionsCarryLimitsZoneAndName) {
  ASSERT_OK(pool_.Read([](Session& session) {
    const Row row = session.Exec(kTimeouts).One();
    EXPECT_EQ(row.Text("statement"), "30s");
    EXPECT_EQ(row.Text("lock"), "20s");
    EXPECT_EQ(row.Text("zone"), "UTC");
    EXPECT_EQ(row.Text("application"), "pool_test");
    return absl::OkStatus();
  }));
}

// --- Errors of statements.

TEST_F(PoolTest, ViolatedConstraintIsItsNamedError) {
  ASSERT_OK(Insert(pool_, "one"));
  EXPECT_THAT(Insert(pool_, "one"), FailsWith(absl::StatusCode::kAlreadyExists, "STAFF_EXISTS"));
  EXPECT_EQ(CountItems(database_), 1);
}

TEST_F(PoolTest, ConstraintWithoutANamedErrorIsInternal) {
  EXPECT_THAT(Insert(pool_, "one", -1), FailsWith(absl::StatusCode::kInternal, "INTERNAL"));
  EXPECT_EQ(CountItems(database_), 0);
}

// The server's error text quotes stored values: they must not pass for the constraint's name.
TEST_F(PoolTest, ValueThatLooksLikeAConstraintLineIsNotTakenForOne) {
  const std::string evil = "\nCONSTRAINT NAME:  items_name_key\nLOCATION:  x";
  EXPECT_THAT(Insert(pool_, evil, -1), FailsWith(absl::StatusCode::kInternal, "INTERNAL"));
  EXPECT_THAT(pool_.Read([&](Session& session) {
    session.Exec(kRaise, evil);
    return absl::OkStatus();
  }),
              FailsWith(absl::StatusCode::kInternal, "INTERNAL"));
  ASSERT_OK(Insert(pool_, evil));
  EXPECT_THAT(Insert(pool_, evil), FailsWith(absl::StatusCode::kAlreadyExists, "STAFF_EXISTS"));
}

TEST_F(PoolTest, ErrorsDoNotQuoteValues) {
  EXPECT_THAT(std::string(Insert(pool_, "canary", -1).message()),
              ::testing::Not(::testing::HasSubstr("canary")));
}

TEST_F(PoolTest, TextThatPostgresCannotStoreIsInvalid) {
  const auto invalid = FailsWith(absl::StatusCode::kInvalidArgument, "INVALID_FIELD");
  EXPECT_THAT(Insert(pool_, std::string("a\0b", 3)), invalid);
  EXPECT_THAT(Insert(pool_, "\xff\xfe"), invalid);
  EXPECT_THAT(Insert(pool_, "\xed\xa0\x80"), invalid);  // a surrogate
  EXPECT_THAT(pool_.Read([&](Session& session) {
    session.Exec(kEcho, "", 0, true, 0, Bytes{}, id::Uuid(),
                 std::vector<std::string>{std::string("\0", 1)}, std::vector<id::Uuid>(), "");
    return absl::OkStatus();
  }),
              invalid);
  EXPECT_EQ(CountItems(database_), 0);
}

TEST_F(PoolTest, StatementThatRunsTooLongIsStopped) {
  PoolOptions options = Options(database_);
  options.statement_timeout = absl::Milliseconds(20);
  Pool pool(options);
  EXPECT_THAT(pool.Read([](Session& session) {
    session.Exec(kSleep, 60'000);
    return absl::OkStatus();
  }),
              FailsWith(absl::StatusCode::kDeadlineExceeded, "DEADLINE_EXCEEDED"));
  EXPECT_OK(Insert(pool, "the connection is still good"));
}

TEST_F(PoolTest, LockThatIsNotGivenIsContention) {
  PoolOptions options = Options(database_);
  options.lock_timeout = absl::Milliseconds(20);
  Pool impatient(options);
  ASSERT_OK(pool_.Transact([&](Transaction& transaction) {
    transaction.Exec(kAddToCounter, "a", 1);
    EXPECT_THAT(impatient.Execute([](Session& session) {
      session.Exec(kAddToCounter, "a", 10);
      return absl::OkStatus();
    }),
                FailsWith(absl::StatusCode::kAborted, "CONTENTION"));
    return absl::OkStatus();
  }));
  EXPECT_EQ(Psql(database_.superuser, "SELECT value FROM counters WHERE name = 'a'"), "1");
}

TEST_F(PoolTest, ReadOnlyPoolRefusesChanges) {
  PoolOptions options = Options(database_);
  options.read_only = true;
  Pool pool(options);
  EXPECT_THAT(Insert(pool, "one"), FailsWith(absl::StatusCode::kInternal, "INTERNAL"));
  EXPECT_EQ(CountItems(database_), 0);
}

// --- Deadlines.

TEST_F(PoolTest, NothingStartsAfterTheDeadline) {
  const absl::Time past = time::SystemClock().Now();
  bool ran = false;
  EXPECT_THAT(pool_.Execute({.deadline = past},
                            [&](Session&) {
                              ran = true;
                              return absl::OkStatus();
                            }),
              FailsWith(absl::StatusCode::kDeadlineExceeded, "DEADLINE_EXCEEDED"));
  EXPECT_FALSE(ran);
}

TEST_F(PoolTest, DeadlineWithinACallStopsStatementsAndCommit) {
  testing::FakeClock clock;
  PoolOptions options = Options(database_);
  options.clock = &clock;
  Pool pool(options);
  const auto expired = FailsWith(absl::StatusCode::kDeadlineExceeded, "DEADLINE_EXCEEDED");
  const CallOptions call{.deadline = clock.Now() + absl::Seconds(60)};
  EXPECT_THAT(pool.Transact(call,
                            [&](Transaction& transaction) {
                              transaction.Exec(kAddToCounter, "a", 1);
                              clock.Set(call.deadline);
                              transaction.Exec(kAddToCounter, "b", 1);
                              return absl::OkStatus();
                            }),
              expired);
  clock.Set(call.deadline - absl::Seconds(60));
  EXPECT_THAT(pool.Transact(call,
                            [&](Transaction& transaction) {
                              transaction.Exec(kAddToCounter, "a", 1);
                              clock.Set(call.deadline);
                              return absl::OkStatus();
                            }),
              expired);
  EXPECT_EQ(Psql(database_.superuser, "SELECT sum(value) FROM counters"), "0");
}

TEST_F(PoolTest, StatementsAreLimitedToTheDeadlineAndNotAfterwards) {
  testing::FakeClock clock;
  PoolOptions options = Options(database_);
  options.clock = &clock;
  options.size = 1;
  Pool pool(options);
  const auto limit = [](Session& session) -> absl::StatusOr<std::string> {
    return session.Exec(kTimeouts).One().Text("statement");
  };
  const auto within = [&](absl::Duration left) {
    return CallOptions{.deadline = clock.Now() + left};
  };
  EXPECT_THAT(pool.Read(within(absl::Milliseconds(1500)), limit).value(), "1500ms");
  // Rounded up, so that one call's limit mostly fits the next.
  EXPECT_THAT(pool.Read(within(absl::Microseconds(1'500'001)), limit).value(), "1750ms");
  EXPECT_THAT(pool.Read(within(absl::Milliseconds(251)), limit).value(), "500ms");
  EXPECT_THAT(pool.Read(within(absl::Milliseconds(250)), limit).value(), "250ms");
  EXPECT_THAT(pool.Read(within(absl::Microseconds(1)), limit).value(), "25ms");
  EXPECT_THAT(pool.Read(within(absl::Minutes(5)), limit).value(), "30s");
  EXPECT_THAT(pool.Transact(within(absl::Milliseconds(1500)), limit).value(), "1500ms");
  EXPECT_THAT(pool.Transact(limit).value(), "30s");
  // Also when the transaction was rolled back.
  EXPECT_FALSE(pool.Transact(within(absl::Milliseconds(1500)),
                             [&](Transaction& transaction) {
                               limit(transaction).IgnoreError();
                               return status::Contention();
                             })
                   .ok());
  EXPECT_THAT(pool.Read(limit).value(), "30s");
}

// --- The pool.

TEST_F(PoolTest, CallWithoutAFreeConnectionIsOverloaded) {
  PoolOptions options = Options(database_);
  options.size = 1;
  options.acquire_timeout = absl::Milliseconds(20);
  Pool pool(options);
  ASSERT_OK(pool.Read([&](Session&) {
    EXPECT_THAT(Backend(pool), FailsWith(absl::StatusCode::kUnavailable, "OVERLOADED"));
    EXPECT_TRUE(pool.Healthy());  // busy is not ill
    const absl::Time soon = time::SystemClock().Now() + absl::Milliseconds(5);
    EXPECT_THAT(pool.Read({.deadline = soon}, [](Session&) { return absl::OkStatus(); }),
                FailsWith(absl::StatusCode::kDeadlineExceeded, "DEADLINE_EXCEEDED"));
    return absl::OkStatus();
  }));
  EXPECT_OK(Backend(pool));
}

TEST_F(PoolTest, WaitingCallGetsTheConnectionThatIsGivenBack) {
  PoolOptions options = Options(database_);
  options.size = 1;
  Pool pool(options);
  std::thread waiter;
  absl::StatusOr<int64_t> second;
  ASSERT_OK(pool.Read([&](Session& session) {
    session.Exec(kCountItems);
    waiter = std::thread([&] { second = Backend(pool); });
    while (pool.Stats().waiting == 0) std::this_thread::yield();
    return absl::OkStatus();
  }));
  waiter.join();
  EXPECT_OK(second);
  EXPECT_EQ(pool.Stats().opened, 1);
  EXPECT_EQ(pool.Stats().in_use, 0);
}

TEST_F(PoolTest, ManyThreadsShareFewConnections) {
  constexpr int kThreads = 8;
  constexpr int kCalls = 50;
  std::vector<std::thread> threads;
  std::atomic<int> failures = 0;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      for (int call = 0; call < kCalls; ++call) {
        const absl::Status status = pool_.Transact([&](Transaction& transaction) {
          transaction.Exec(kAddToCounter, "a", 1);
          transaction.Exec(kAddToCounter, "b", -1);
          return absl::OkStatus();
        });
        if (!status.ok()) ++failures;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(failures, 0);
  EXPECT_LE(pool_.Stats().opened, 2);
  EXPECT_EQ(Psql(database_.superuser, "SELECT value FROM counters ORDER BY name"), "400\n-400");
}

TEST_F(PoolTest, StatementsThatDoNotFitTheSchemaAreNamed) {
  static constexpr Query kWrong[] = {{"SelectFromNowhere", "SELECT 1 FROM nowhere"}};
  PoolOptions options = Options(database_);
  options.queries = {kWrong};
  Pool pool(options);
  const absl::Status status = pool.Read([](Session&) { return absl::OkStatus(); });
  EXPECT_THAT(status, FailsWith(absl::StatusCode::kInternal, "INTERNAL"));
  EXPECT_THAT(std::string(status.message()), ::testing::HasSubstr("SelectFromNowhere"));
}

TEST_F(PoolTest, TwoStatementsOfOneNameAreRefused) {
  static constexpr Query kTwice[] = {{"CountItems", "SELECT 1"}};
  PoolOptions options = Options(database_);
  options.queries = {kQueries, kTwice};
  Pool pool(options);
  EXPECT_THAT(Backend(pool), FailsWith(absl::StatusCode::kInternal, "INTERNAL"));
}

TEST_F(PoolTest, UnlistedStatementIsInternal) {
  EXPECT_THAT(pool_.Read([](Session& session) {
    session.Exec(Query{"Unlisted", "SELECT 1"});
    return absl::OkStatus();
  }),
              FailsWith(absl::StatusCode::kInternal, "INTERNAL"));
}

TEST_F(PoolTest, MalformedUrlIsNotQuoted) {
  PoolOptions options = Options(database_);
  options.conninfo = "postgresql://user:canary@[";
  Pool pool(options);
  const absl::Status status = pool.Read([](Session&) { return absl::OkStatus(); });
  EXPECT_THAT(status, FailsWith(absl::StatusCode::kInternal, "INTERNAL"));
  EXPECT_THAT(std::string(status.message()), ::testing::Not(::testing::HasSubstr("canary")));
}

// --- Transactions.

TEST_F(PoolTest, StatusOtherThanOkRollsBack) {
  bool after = false;
  EXPECT_THAT(pool_.Transact([&](Transaction& transaction) -> absl::StatusOr<int> {
    transaction.AfterCommit([&] { after = true; });
    transaction.Exec(kAddToCounter, "a", 1);
    return status::EtagMismatch();
  }),
              FailsWith(absl::StatusCode::kAborted, "ETAG_MISMATCH"));
  EXPECT_FALSE(after);
  EXPECT_EQ(Psql(database_.superuser, "SELECT sum(value) FROM counters"), "0");
}

TEST_F(PoolTest, AfterCommitSeesTheCommittedChange) {
  std::string seen;
  ASSERT_OK(pool_.Transact([&](Transaction& transaction) {
    transaction.AfterCommit(
        [&] { seen = Psql(database_.superuser, "SELECT sum(value) FROM counters"); });
    transaction.Exec(kAddToCounter, "a", 1);
    return absl::OkStatus();
  }));
  EXPECT_EQ(seen, "1");
}

TEST_F(PoolTest, IgnoredFailureDoesNotCommit) {
  EXPECT_THAT(pool_.Transact([&](Transaction& transaction) {
    transaction.Exec(kAddToCounter, "a", 1);
    try {
      transaction.Exec(kInsertItem, id::Uuid(), "one", -1);
    } catch (...) {
    }
    return absl::OkStatus();
  }),
              FailsWith(absl::StatusCode::kInternal, "INTERNAL"));
  EXPECT_EQ(Psql(database_.superuser, "SELECT sum(value) FROM counters"), "0");
}

TEST_F(PoolTest, ForeignExceptionBecomesInternalAndRollsBack) {
  EXPECT_THAT(pool_.Transact([&](Transaction& transaction) -> absl::Status {
    transaction.Exec(kAddToCounter, "a", 1);
    throw std::runtime_error("not ours");
  }),
              FailsWith(absl::StatusCode::kInternal, "INTERNAL"));
  EXPECT_EQ(Psql(database_.superuser, "SELECT sum(value) FROM counters"), "0");
  EXPECT_OK(Backend(pool_));
}

TEST_F(PoolTest, ExecuteTakesOneStatement) {
  EXPECT_THAT(pool_.Execute([](Session& session) {
    session.Exec(kAddToCounter, "a", 1);
    session.Exec(kAddToCounter, "b", 1);
    return absl::OkStatus();
  }),
              FailsWith(absl::StatusCode::kInternal, "INTERNAL"));
  EXPECT_EQ(Psql(database_.superuser, "SELECT value FROM counters WHERE name = 'b'"), "0");
}

TEST_F(PoolTest, DeadlockIsRepeatedUntilBothHaveCommitted) {
  // Found at once rather than after a second.
  Psql(database_.superuser, "ALTER DATABASE " + database_.name + " SET deadlock_timeout = '10ms'");
  std::latch both_hold_one(2);
  std::atomic<int> attempts = 0;
  const auto add = [&](const char* first, const char* second) {
    bool met = false;
    return pool_.Transact([&, met](Transaction& transaction) mutable {
      ++attempts;
      transaction.Exec(kAddToCounter, first, 1);
      if (!std::exchange(met, true)) both_hold_one.arrive_and_wait();
      transaction.Exec(kAddToCounter, second, 1);
      return absl::OkStatus();
    });
  };
  absl::Status other;
  std::thread thread([&] { other = add("b", "a"); });
  EXPECT_OK(add("a", "b"));
  thread.join();
  EXPECT_OK(other);
  EXPECT_EQ(attempts, 3);
  EXPECT_EQ(pool_.Stats().repeated, 1);
  EXPECT_EQ(Psql(database_.superuser, "SELECT sum(value) FROM counters"), "4");
}

class SerializationTest : public PoolTest, public ::testing::WithParamInterface<int> {};

// Another transaction changes the row between our read and our change, in the first GetParam()
// attempts.
TEST_P(SerializationTest, ConflictIsRepeatedBoundedly) {
  const int conflicts = GetParam();
  Pool other(Options(database_));
  int attempts = 0;
  const absl::Status status =
      pool_.Transact({.isolation = Isolation::kRepeatableRead}, [&](Transaction& transaction) {
        transaction.Exec(kGetCounter, "a");
        if (++attempts <= conflicts) {
          EXPECT_OK(other.Execute([](Session& session) {
            session.Exec(kAddToCounter, "a", 1);
            return absl::OkStatus();
          }));
        }
        transaction.Exec(kAddToCounter, "a", 100);
        return absl::OkStatus();
      });
  const bool too_many = conflicts >= Pool::kMaxAttempts;
  if (too_many) {
    EXPECT_THAT(status, FailsWith(absl::StatusCode::kAborted, "CONTENTION"));
  } else {
    EXPECT_OK(status);
  }
  EXPECT_EQ(attempts, too_many ? Pool::kMaxAttempts : conflicts + 1);
  EXPECT_EQ(Psql(database_.superuser, "SELECT value FROM counters WHERE name = 'a'"),
            std::to_string(too_many ? Pool::kMaxAttempts : conflicts + 100));
}

INSTANTIATE_TEST_SUITE_P(Conflicts, SerializationTest,
                         ::testing::Values(0, 1, Pool::kMaxAttempts - 1, Pool::kMaxAttempts));

// --- Lost connections.

TEST_F(PoolTest, ReadIsRepeatedOnceOnALostConnection) {
  int attempts = 0;
  EXPECT_OK(pool_.Read([&](Session& session) {
    if (++attempts == 1) session.Exec(kEndConnection);
    session.Exec(kCountItems);
    return absl::OkStatus();
  }));
  EXPECT_EQ(attempts, 2);

  attempts = 0;
  EXPECT_THAT(pool_.Read([&](Session& session) {
    ++attempts;
    session.Exec(kEndConnection);
    return absl::OkStatus();
  }),
              FailsWith(absl::StatusCode::kUnavailable, "DEPENDENCY_UNAVAILABLE"));
  EXPECT_EQ(attempts, 2);
  EXPECT_EQ(pool_.Stats().lost, 3);
  EXPECT_OK(Backend(pool_));
}

TEST_F(PoolTest, ExecuteOnALostConnectionIsInDoubtAndNotRepeated) {
  int attempts = 0;
  EXPECT_THAT(pool_.Execute([&](Session& session) {
    ++attempts;
    session.Exec(kInsertAndEndConnection, id::NewUuidV7(time::SystemClock()), "one");
    return absl::OkStatus();
  }),
              FailsWith(absl::StatusCode::kUnavailable, "COMMIT_IN_DOUBT"));
  EXPECT_EQ(attempts, 1);
  EXPECT_OK(Backend(pool_));
}

TEST_F(PoolTest, TransactionLostBeforeCommitIsRepeatedOnce) {
  int attempts = 0;
  EXPECT_OK(pool_.Transact([&](Transaction& transaction) {
    transaction.Exec(kAddToCounter, "a", 1);
    if (++attempts == 1) transaction.Exec(kEndConnection);
    return absl::OkStatus();
  }));
  EXPECT_EQ(attempts, 2);
  EXPECT_EQ(Psql(database_.superuser, "SELECT value FROM counters WHERE name = 'a'"), "1");
}

TEST_F(PoolTest, ConnectionLostDuringCommitIsInDoubtAndNotRepeated) {
  int attempts = 0;
  bool after = false;
  EXPECT_THAT(pool_.Transact([&](Transaction& transaction) {
    ++attempts;
    transaction.AfterCommit([&] { after = true; });
    transaction.Exec(kInsertFatal);
    return absl::OkStatus();
  }),
              FailsWith(absl::StatusCode::kUnavailable, "COMMIT_IN_DOUBT"));
  EXPECT_EQ(attempts, 1);
  EXPECT_FALSE(after);
  EXPECT_OK(Backend(pool_));
}

// The server hung up while nobody looked: nothing was sent, so nothing is in doubt.
TEST_F(PoolTest, IdleConnectionThatDiedIsReplacedBeforeUse) {
  ASSERT_OK_AND_ASSIGN(const int64_t first, Backend(pool_));
  // Returns when the backend is gone.
  ASSERT_EQ(Psql(database_.superuser,
                 "SELECT pg_terminate_backend(" + std::to_string(first) + ", 20000)"),
            "t");
  EXPECT_OK(Insert(pool_, "one"));
  ASSERT_OK_AND_ASSIGN(const int64_t second, Backend(pool_));
  EXPECT_NE(second, first);
  EXPECT_EQ(pool_.Stats().lost, 0);
}

class OutageTest : public PoolTest, public ::testing::WithParamInterface<bool> {};

TEST_P(OutageTest, CallsFailAtOnceAndRecoverByThemselves) {
  const bool crash = GetParam();
  PostgresCluster cluster({.durable = true});
  const TestDatabase database = NewDatabase(cluster);
  testing::FakeClock clock;
  PoolOptions options = Options(database);
  options.clock = &clock;
  Pool pool(options);
  ASSERT_OK(Insert(pool, "before"));
  EXPECT_TRUE(pool.Healthy());

  crash ? cluster.Crash() : cluster.Stop();
  const auto unavailable = FailsWith(absl::StatusCode::kUnavailable, "DEPENDENCY_UNAVAILABLE");
  EXPECT_THAT(Insert(pool, "during"), unavailable);
  EXPECT_FALSE(pool.Healthy());
  // While the backoff runs nobody tries to connect.
  const int64_t failed = pool.Stats().failed;
  EXPECT_THAT(Backend(pool), unavailable);
  EXPECT_THAT(Insert(pool, "during"), unavailable);
  EXPECT_EQ(pool.Stats().failed, failed);
  clock.Advance(Pool::kLongestBackoff);
  EXPECT_THAT(Backend(pool), unavailable);
  EXPECT_EQ(pool.Stats().failed, failed + 1);

  cluster.Start();
  EXPECT_THAT(Backend(pool), unavailable);  // still backing off
  clock.Advance(Pool::kLongestBackoff);
  EXPECT_TRUE(pool.Healthy());
  EXPECT_OK(Insert(pool, "after"));
  EXPECT_EQ(Psql(database.superuser, "SELECT name FROM items ORDER BY name"), "after\nbefore");
}

INSTANTIATE_TEST_SUITE_P(StopAndCrash, OutageTest, ::testing::Bool());

TEST_F(PoolTest, ClockThatIsSetBackDoesNotProlongTheBackoff) {
  testing::FakeClock clock;
  PoolOptions options = Options(database_);
  options.clock = &clock;
  options.conninfo = "postgresql://nobody@/nothing?host=/nonexistent";
  Pool pool(options);
  const auto unavailable = FailsWith(absl::StatusCode::kUnavailable, "DEPENDENCY_UNAVAILABLE");
  EXPECT_THAT(Backend(pool), unavailable);
  clock.Advance(-absl::Hours(1));
  EXPECT_THAT(Backend(pool), unavailable);
  EXPECT_EQ(pool.Stats().failed, 2);
}

}  // namespace
}  // namespace portal::db
