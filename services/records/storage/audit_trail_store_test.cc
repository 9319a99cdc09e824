#include "services/records/storage/audit_trail_store.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "libs/testing/postgres_queries.h"
#include "services/records/storage/queries.h"
#include "services/records/storage/records_fixture.h"

namespace portal::records {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class AuditTrailStoreTest : public RecordsFixture {
 protected:
  // Calls by the viewer, an hour apart, the last one an hour ago.
  void AddEvents(int count, const std::string& outcome) {
    Psql(absl::StrCat(
        "INSERT INTO audit_events (event_id, occurred_at, actor_kind, actor_id, calling_service, "
        "clinic_id, patient_id, resource_kind, resource_id, action, outcome, source_address, "
        "request_id) SELECT gen_random_uuid(), now() - n * interval '1 hour', 'account', '",
        query_.viewer.ToString(), "', 'gateway', NULL, '", patient_.id.ToString(),
        "', '', '', 'records.GetMyPatient', '", outcome, "', '', '' FROM generate_series(1, ",
        count, ") AS n"));
  }

  const Patient patient_ = AddPatient(clinic_);
  const AuditTrailStore trail_{pool_};
  const AuditTrailStore::AccessQuery query_{.patient_id = patient_.id,
                                            .viewer = id::AccountId::New(clock_),
                                            .others_until = absl::UnixEpoch()};
};

// Anybody may be refused a record as often as they like.
TEST_F(AuditTrailStoreTest, RefusalsAreNotReadToFindWhatIsShown) {
  AddEvents(20'000, "PATIENT_NOT_FOUND");
  AddEvents(3, "OK");
  Psql("ANALYZE patients, audit_events");
  for (const db::Query& query : {queries::kFindRecordAccessPage, queries::kListRecordAccesses}) {
    EXPECT_THAT(testing::PlanNodes(database_.app, query),
                Contains(HasSubstr("audit_events using audit_events_accesses")))
        << query.name;
    EXPECT_THAT(testing::PlanNodes(database_.app, query),
                Not(Contains(HasSubstr("audit_events_patient_time"))))
        << query.name;
  }
  const AuditTrailStore::AccessPage page = trail_.ListAccesses({}, query_, 3).value();
  int found = 0;
  for (const AccessCount& it : page.counts) found += it.count;
  EXPECT_EQ(found, 3);
  EXPECT_FALSE(page.next_before.has_value());
}

TEST_F(AuditTrailStoreTest, APageHasAtMostItsLimitInWholeDaysAndNoneIsLost) {
  AddEvents(100, "OK");
  AuditTrailStore::AccessQuery query = query_;
  int found = 0, pages = 0;
  while (true) {
    ASSERT_OK_AND_ASSIGN(const AuditTrailStore::AccessPage page,
                         trail_.ListAccesses({}, query, 60));
    int together = 0;
    for (const AccessCount& it : page.counts) together += it.count;
    EXPECT_LE(together, 60);
    found += together;
    ++pages;
    if (!page.next_before.has_value()) break;
    EXPECT_EQ(absl::ToUnixMicros(*page.next_before) % absl::ToInt64Microseconds(absl::Hours(24)),
              0);
    query.before = *page.next_before;
  }
  EXPECT_EQ(found, 100);
  EXPECT_GE(pages, 2);
}

TEST_F(AuditTrailStoreTest, OfNobodyThereIsNothing) {
  AuditTrailStore::AccessQuery query = query_;
  query.patient_id = id::PatientId::New(clock_);
  EXPECT_THAT(trail_.ListAccesses({}, query, 3),
              testing::FailsWith(absl::StatusCode::kNotFound, "PATIENT_NOT_FOUND"));
  EXPECT_THAT(trail_.ListAccesses({}, query_, 3)->counts, IsEmpty());
}

}  // namespace
}  // namespace portal::records
