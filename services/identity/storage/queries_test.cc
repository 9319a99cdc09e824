#include "services/identity/storage/queries.h"

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/testing/postgres.h"
#include "libs/testing/postgres_queries.h"

namespace portal::identity {
namespace {

using ::testing::IsEmpty;

const testing::TestDatabase& Filled() {
  static const testing::TestDatabase database = [] {
    testing::TestDatabase made = testing::PostgresCluster::Shared().CreateDatabase("identity");
    testing::Psql(made.owner, R"(
        INSERT INTO accounts (account_id, email, normalized_email, password_hash, created_at)
        SELECT md5('account' || i)::uuid, i || '@x.example', i || '@x.example', 'hash', now()
        FROM generate_series(1, 20000) AS i;
        UPDATE accounts SET told_version = 1 WHERE account_id < '80000000-0000-0000-0000-000000000000';
        INSERT INTO sign_ups (normalized_email, email, password_hash, token_hash, created_at, expires_at)
        SELECT 's' || i || '@x.example', 's' || i || '@x.example', 'hash', sha256(i::text::bytea), now(),
               now() + i * interval '1 second'
        FROM generate_series(1, 20000) AS i;
        INSERT INTO sessions (session_id, account_id, token_hash, created_at, last_seen_at, expires_at)
        SELECT md5('session' || i)::uuid, md5('account' || i)::uuid, sha256(i::text::bytea), now(), now(),
               now() + i * interval '1 second'
        FROM generate_series(1, 20000) AS i;
        INSERT INTO clinics (clinic_id, slug, display_name, time_zone, created_at)
        SELECT md5('clinic' || i)::uuid, 'clinic-' || i, 'Clinic', 'UTC', now() FROM generate_series(1, 2000) AS i;
        INSERT INTO staff_members (staff_member_id, clinic_id, account_id, email, normalized_email, display_name,
                                   roles, created_at)
        SELECT md5('member' || i)::uuid, md5('clinic' || (1 + i % 2000))::uuid, md5('account' || i)::uuid,
               i || '@x.example', i || '@x.example', 'Member', 4, now()
        FROM generate_series(1, 20000) AS i;
        INSERT INTO mailbox_codes (mailbox_code_id, normalized_email, email, language, key_id, code_mac, created_at,
                                   expires_at)
        SELECT md5('code' || i)::uuid, i || '@x.example', i || '@x.example', 'en', 'k1', sha256(i::text::bytea), now(),
               now() + i * interval '1 second'
        FROM generate_series(1, 20000) AS i;
        INSERT INTO known_devices (device_id, account_id, token_hash, created_at, last_seen_at)
        SELECT md5('device' || i)::uuid, md5('account' || i)::uuid, sha256(i::text::bytea), now(),
               now() + i * interval '1 second'
        FROM generate_series(1, 20000) AS i;
        INSERT INTO password_resets (normalized_email, account_id, token_hash, expires_at)
        SELECT i || '@x.example', md5('account' || i)::uuid, sha256(i::text::bytea), now() + i * interval '1 second'
        FROM generate_series(1, 20000) AS i;
        INSERT INTO second_factors (account_id, sealed_secret, confirmed_at, removal_token_hash)
        SELECT md5('account' || i)::uuid, '\x00', now(), sha256(i::text::bytea) FROM generate_series(1, 20000) AS i;
        INSERT INTO recovery_codes (account_id, code_hash)
        SELECT md5('account' || i)::uuid, sha256(i::text::bytea) FROM generate_series(1, 20000) AS i;
        INSERT INTO second_factor_challenges (token_hash, account_id, device, expires_at)
        SELECT sha256(i::text::bytea), md5('account' || i)::uuid, '', now() + i * interval '1 second'
        FROM generate_series(1, 20000) AS i;
        INSERT INTO email_changes (account_id, email, session_id, token_hash, expires_at)
        SELECT md5('account' || i)::uuid, 'new' || i || '@x.example', md5('session' || i)::uuid, sha256(i::text::bytea),
               now() + i * interval '1 second'
        FROM generate_series(1, 20000) AS i;
        INSERT INTO attempts (kind, subject, attempted_at, expires_at)
        SELECT 1, sha256(i::text::bytea), ARRAY[now()], now() + i * interval '1 second'
        FROM generate_series(1, 20000) AS i;
        INSERT INTO session_endings (session_id, recorded_at)
        SELECT md5('session' || i)::uuid, now() + i * interval '1 second' FROM generate_series(1, 20000) AS i;
        INSERT INTO service_accounts (service_account_id, clinic_id, display_name, scopes, created_at, rotated_at)
        SELECT md5('service' || i)::uuid, md5('clinic' || (1 + i % 2000))::uuid, 'Billing', 2, now(), now()
        FROM generate_series(1, 20000) AS i;
        INSERT INTO service_account_secrets (secret_hash, service_account_id, created_at, expires_at)
        SELECT sha256(i::text::bytea), md5('service' || i)::uuid, now(), now() + i * interval '1 second'
        FROM generate_series(1, 20000) AS i;
        INSERT INTO service_account_sessions (session_id, service_account_id, token_hash, created_at, last_seen_at,
                                              expires_at)
        SELECT md5('session' || i)::uuid, md5('service' || i)::uuid, sha256(i::text::bytea), now(), now(),
               now() + i * interval '1 second'
        FROM generate_series(1, 20000) AS i;
        ANALYZE accounts, sign_ups, sessions, clinics, staff_members, attempts, known_devices,
                password_resets, second_factors, recovery_codes, second_factor_challenges, service_accounts,
                service_account_secrets, service_account_sessions, session_endings, mailbox_codes,
                email_changes;)");
    return made;
  }();
  return database;
}

TEST(QueriesTest, EveryStatementFitsTheSchemaAndTheRightsOfTheService) {
  testing::ExpectQueriesPrepare(Filled().app, queries::kAll);
}

TEST(QueriesTest, NoStatementReadsATableFromEndToEnd) {
  for (const db::Query& query : queries::kAll) {
    EXPECT_THAT(testing::SequentialScans(Filled().app, query), IsEmpty()) << query.name;
  }
}

}  // namespace
}  // namespace portal::identity
