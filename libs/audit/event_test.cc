#include "libs/audit/event.h"

#include "libs/audit/trail_fixture.h"
#include "libs/testing/postgres_queries.h"

namespace portal::audit {
namespace {

using EventTest = TrailTest;

TEST_F(EventTest, EveryFieldIsStored) {
  Event event = ReadOfPatient();
  event.clinic_id = id::ClinicId::New(clock_);
  event.resource_id = "r-1";
  event.outcome = "PATIENT_NOT_FOUND";
  event.actor_name = "Dr Ødegård";
  ASSERT_OK(pool_->Execute([&](db::Session& s) { return Append(s, clock_, {event}); }));
  EXPECT_EQ(
      Sql("SELECT occurred_at AT TIME ZONE 'UTC', actor_kind, actor_id, session_id, "
          "calling_service, clinic_id, patient_id, resource_kind, resource_id, action, outcome, "
          "source_address, request_id, batch_no IS NULL, actor_name FROM audit_events"),
      absl::StrCat("2026-03-01 09:00:00|account|", event.actor_id->ToString(), "|",
                   event.session_id->ToString(), "|gateway|", event.clinic_id->ToString(), "|",
                   event.patient_id->ToString(),
                   "|patient|r-1|records.GetPatient|PATIENT_NOT_FOUND|192.0.2.7|", event.request_id,
                   "|t|Dr Ødegård"));
}

TEST_F(EventTest, EventOfNobodyHasNoIds) {
  ASSERT_OK(pool_->Execute(
      [&](db::Session& s) { return Append(s, clock_, {Event{.action = "identity.SignUp"}}); }));
  EXPECT_EQ(Count("audit_events WHERE actor_kind = 'nobody' AND actor_id IS NULL AND "
                  "session_id IS NULL AND clinic_id IS NULL AND patient_id IS NULL"),
            1);
}

TEST_F(EventTest, EventOfAChangeThatFailsIsRolledBackWithIt) {
  EXPECT_THAT(pool_->Transact([&](db::Transaction& t) -> absl::Status {
    EXPECT_OK(Append(t, clock_, {ReadOfPatient()}));
    return status::EtagMismatch();
  }),
              testing::FailsWith(absl::StatusCode::kAborted, "ETAG_MISMATCH"));
  EXPECT_EQ(Count("audit_events"), 0);
}

TEST_F(EventTest, MalformedEventIsRefusedWithAllOfItsCall) {
  for (const std::string& text : {std::string(kMaxTextBytes + 1, 'a'), std::string("a\nb"),
                                  std::string("a\0b", 3), std::string("\xc3\xa9")}) {
    Event bad = ReadOfPatient();
    bad.source_address = text;
    EXPECT_THAT(pool_->Execute([&](db::Session& s) {
      return Append(s, clock_, {ReadOfPatient(), bad});
    }),
                testing::FailsWith(absl::StatusCode::kInternal, "INTERNAL"));
  }
  for (const std::string& name :
       {std::string(kMaxActorNameBytes + 1, 'a'), std::string("a\0b", 3)}) {
    Event bad = ReadOfPatient();
    bad.actor_name = name;
    EXPECT_THAT(pool_->Execute([&](db::Session& s) {
      return Append(s, clock_, {ReadOfPatient(), bad});
    }),
                testing::FailsWith(absl::StatusCode::kInternal, "INTERNAL"));
  }
  EXPECT_EQ(Count("audit_events"), 0);
  Event longest = ReadOfPatient();
  longest.source_address.assign(kMaxTextBytes, 'a');
  longest.actor_name.assign(kMaxActorNameBytes, 'a');
  EXPECT_OK(pool_->Execute([&](db::Session& s) { return Append(s, clock_, {longest}); }));
}

TEST_F(EventTest, AppRoleCanAddEventsAndNothingElse) {
  AppendEvents(2);
  ASSERT_OK(NewSealer(*pool_)->SealOnce());
  AppendEvents(1);
  const std::string before = Sql("SELECT * FROM audit_events ORDER BY event_id");
  for (const char* sql : {
           "UPDATE audit_events SET action = 'other'",
           "UPDATE audit_events SET batch_no = NULL WHERE batch_no = 1",
           "UPDATE audit_events SET batch_no = 2 WHERE batch_no = 1",
           "DELETE FROM audit_events",
           "TRUNCATE audit_events",
           "UPDATE audit_batches SET event_count = 3",
           "DELETE FROM audit_batches",
           "INSERT INTO audit_events (event_id, occurred_at, actor_kind, calling_service, "
           "resource_kind, resource_id, action, outcome, source_address, request_id, batch_no) "
           "VALUES (gen_random_uuid(), now(), 'nobody', '', '', '', '', '', '', '', 1)",
           "ALTER TABLE audit_events DISABLE TRIGGER ALL",
       }) {
    EXPECT_THROW(testing::Psql(database_.app, sql), std::runtime_error) << sql;
  }
  EXPECT_EQ(Sql("SELECT * FROM audit_events ORDER BY event_id"), before);
}

TEST_F(EventTest, StatementsFitTheSchemaAndUseIndexes) {
  testing::ExpectQueriesPrepare(database_.app, queries::kAll);
  Sql("INSERT INTO audit_events SELECT gen_random_uuid(), now(), 'nobody', NULL, NULL, '', NULL, "
      "NULL, '', '', '', '', '', '', nullif(n / 100, 200), '' FROM generate_series(100, 20099) AS "
      "n;"
      "INSERT INTO audit_batches SELECT n, '', '', 100, now(), '', '' "
      "FROM generate_series(1, 20000) AS n;"
      "ANALYZE audit_events; ANALYZE audit_batches");
  for (const db::Query& query : queries::kAll) {
    EXPECT_THAT(testing::SequentialScans(database_.app, query), ::testing::IsEmpty()) << query.name;
  }
}

}  // namespace
}  // namespace portal::audit
