// The program, started as an operator's command starts it.

#include <algorithm>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/testing/postgres.h"
#include "libs/testing/program.h"

namespace portal::outbox {
namespace {

constexpr char kDead[] = "0190163d-8694-739b-aea5-966c26f8ad91";
constexpr char kWaiting[] = "0190163d-8694-739b-aea5-966c26f8ad92";

class DeadEventsTest : public ::testing::Test {
 protected:
  DeadEventsTest() {
    Sql(std::string(R"(
      INSERT INTO outbox_events (event_id, topic, payload, created_at, available_at, attempts, last_error_code, dead_at)
      VALUES (')") +
        kDead + R"(', 'notice', 'sealed', now(), now(), 7, 'INVALID_ARGUMENT/RECIPIENT_UNKNOWN',
              '2026-11-23T10:00:00Z'),
             (')" +
        kWaiting + "', 'notice', 'sealed', now(), now(), 0, NULL, NULL)");
  }

  testing::ProgramResult Run(std::vector<std::string> options) const {
    options.insert(options.begin(), {testing::RunfilePath("libs/outbox/dead_events"),
                                     "--database_url=" + database_.app});
    return testing::RunProgram(options);
  }
  std::string Sql(const std::string& sql) const { return testing::Psql(database_.superuser, sql); }
  std::string Dead() const {
    return Sql("SELECT event_id FROM outbox_events WHERE dead_at IS NOT NULL");
  }

  const testing::TestDatabase database_ =
      testing::PostgresCluster::Shared().CreateDatabase("foundation");
};

TEST_F(DeadEventsTest, TheDeadAreListedWithoutWhatTheySay) {
  const testing::ProgramResult listed = Run({});
  EXPECT_EQ(listed.exit_code, 0);
  EXPECT_EQ(listed.output, std::string(kDead) +
                               " notice 7 2026-11-23T10:00:00+00:00 "
                               "INVALID_ARGUMENT/RECIPIENT_UNKNOWN\n");
}

TEST_F(DeadEventsTest, MoreThanAPageAreAllListed) {
  Sql("INSERT INTO outbox_events (event_id, topic, payload, created_at, available_at, dead_at) "
      "SELECT gen_random_uuid(), 'notice', 'sealed', now(), now(), now() "
      "FROM generate_series(1, 250)");
  const std::string output = Run({}).output;
  EXPECT_EQ(std::count(output.begin(), output.end(), '\n'), 251);
}

TEST_F(DeadEventsTest, AReplayedOneIsTriedAgainAndAudited) {
  const std::string replay = std::string("--replay=") + kDead;
  EXPECT_EQ(Run({replay, "--operator_name=zoe@ops"}).exit_code, 0);
  EXPECT_EQ(Dead(), "");
  EXPECT_EQ(Sql("SELECT actor_kind, source_address, action, resource_kind, resource_id, outcome "
                "FROM audit_events"),
            std::string("operator|zoe@ops|outbox.ReplayEvent|outbox_event|") + kDead + "|OK");
  EXPECT_EQ(Run({replay, "--operator_name=zoe@ops"}).exit_code, 1);
  EXPECT_EQ(Sql("SELECT count(*) FROM audit_events"), "1");
}

TEST_F(DeadEventsTest, ADiscardedOneIsErasedAndAudited) {
  const std::string discard = std::string("--discard=") + kDead;
  EXPECT_EQ(Run({discard, "--operator_name=zoe@ops"}).exit_code, 0);
  EXPECT_EQ(Sql("SELECT event_id FROM outbox_events"), kWaiting);
  EXPECT_EQ(Sql("SELECT actor_kind, source_address, action, resource_kind, resource_id, outcome "
                "FROM audit_events"),
            std::string("operator|zoe@ops|outbox.DiscardEvent|outbox_event|") + kDead + "|OK");
  EXPECT_EQ(Run({discard, "--operator_name=zoe@ops"}).exit_code, 1);
  EXPECT_EQ(Sql("SELECT count(*) FROM audit_events"), "1");
}

TEST_F(DeadEventsTest, WhatIsNotDeadOrNotSignedForStaysAsItIs) {
  const std::string before = Sql("TABLE outbox_events");
  for (const std::string option : {"--replay=", "--discard="}) {
    EXPECT_EQ(Run({option + kWaiting, "--operator_name=zoe@ops"}).exit_code, 1);
    EXPECT_EQ(Run({option + kDead}).exit_code, 2);
    EXPECT_EQ(Run({option + "x", "--operator_name=zoe@ops"}).exit_code, 2);
  }
  EXPECT_EQ(Run({std::string("--replay=") + kDead, std::string("--discard=") + kDead,
                 "--operator_name=zoe@ops"})
                .exit_code,
            2);
  EXPECT_EQ(Sql("TABLE outbox_events"), before);
  EXPECT_EQ(Sql("SELECT count(*) FROM audit_events"), "0");
}

}  // namespace
}  // namespace portal::outbox
