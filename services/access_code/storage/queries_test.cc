#include "services/access_code/storage/queries.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/testing/postgres.h"
#include "libs/testing/postgres_queries.h"

namespace portal::access_code {
namespace {

using ::testing::Contains;
using ::testing::IsEmpty;

class QueriesTest : public ::testing::Test {
 protected:
  // As large as a plan has to be chosen for; half of the grants are revoked.
  void Fill() {
    testing::Psql(database_.superuser, R"sql(
      INSERT INTO patients SELECT gen_random_uuid(), gen_random_uuid(), 'Patient ' || n, 1, '2010-05-04'
      FROM generate_series(1, 20000) AS n;
      INSERT INTO access_codes (access_code_id, clinic_id, patient_id, pepper_id, digest, issuer_account_id,
                                created_at, expires_at, redeemed_at, redeemer_account_id)
      SELECT gen_random_uuid(), clinic_id, patient_id, 'k1', sha256(uuid_send(patient_id)), gen_random_uuid(),
             now(), now() + interval '5 days', now(), gen_random_uuid()
      FROM patients;
      INSERT INTO grants (grant_id, access_code_id, clinic_id, patient_id, account_id, created_at)
      SELECT gen_random_uuid(), access_code_id, clinic_id, patient_id, redeemer_account_id, redeemed_at
      FROM access_codes;
      UPDATE grants SET revoked_at = now(), revoker_account_id = gen_random_uuid() WHERE patient_id::text < '8';
      UPDATE grants SET of_age_at = now() + '1 year', staff_end_at = now() + '2 years' WHERE patient_id::text > 'e';
      INSERT INTO access_codes (access_code_id, clinic_id, patient_id, pepper_id, digest, issuer_account_id, created_at,
                                expires_at, redeemed_at, redeemer_account_id, kind, form_assignment_id)
      SELECT gen_random_uuid(), clinic_id, patient_id, 'k1', sha256(uuid_send(gen_random_uuid())), gen_random_uuid(),
             now(), now() + interval '5 days', now(), gen_random_uuid(), 'smart_form', gen_random_uuid()
      FROM patients;
      INSERT INTO form_accesses (access_code_id, form_assignment_id, account_id, created_at)
      SELECT access_code_id, form_assignment_id, redeemer_account_id, redeemed_at
      FROM access_codes WHERE kind = 'smart_form';
      UPDATE form_accesses SET ended_at = now(), ender_account_id = account_id, end_cause = 'closed'
      WHERE account_id::text < '8';
      INSERT INTO redemption_attempts SELECT 'account:' || n, ARRAY[now()], now() - n * interval '1 second'
      FROM generate_series(1, 20000) AS n;
      VACUUM ANALYZE;)sql");
  }

  const testing::TestDatabase database_ =
      testing::PostgresCluster::Shared().CreateDatabase("access_code");
};

TEST_F(QueriesTest, EveryStatementFitsTheSchemaAndTheRightsOfTheService) {
  testing::ExpectQueriesPrepare(database_.app, queries::kAll);
}

TEST_F(QueriesTest, NoStatementReadsATableFromEndToEnd) {
  Fill();
  for (const db::Query& query : queries::kAll) {
    EXPECT_THAT(testing::SequentialScans(database_.app, query), IsEmpty()) << query.name;
  }
}

TEST_F(QueriesTest, TheGrantCheckReadsItsIndexAlone) {
  Fill();
  EXPECT_THAT(testing::PlanNodes(database_.app, queries::kCheckGrants),
              Contains("Index Only Scan on grants using grants_active"));
}

TEST_F(QueriesTest, TheFormCheckReadsItsIndexAlone) {
  Fill();
  EXPECT_THAT(testing::PlanNodes(database_.app, queries::kCheckFormAccess),
              Contains("Index Only Scan on form_accesses using form_accesses_active"));
}

}  // namespace
}  // namespace portal::access_code
