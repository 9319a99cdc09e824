#include "libs/audit/verify.h"

#include <sys/wait.h>

#include <cstdlib>
#include <fstream>
#include <functional>
#include <random>

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "libs/audit/chain.h"
#include "libs/audit/trail_fixture.h"
#include "libs/crypto/encoding.h"

namespace portal::audit {
namespace {

using ::testing::IsEmpty;
using ::testing::Not;

constexpr int kBatches = 8, kEventsPerBatch = 6;

constexpr db::Query kRun{"RunForTest", "SELECT run($1)"};
constexpr db::Query kTestQueries[] = {kRun};

// A sealed trail that is put back before each way of tampering. The superuser tampers, so that
// neither privileges nor the trigger help: only the seals.
class VerifyTest : public TrailTest {
 protected:
  void SetUp() override {
    const auto sealer = NewSealer(*pool_, kEventsPerBatch);
    for (int run = 0; run < kBatches / 2; ++run) {  // two batches, one checkpoint each
      AppendEvents(2 * kEventsPerBatch);
      ASSERT_OK(sealer->SealOnce());
    }
    Sql("ALTER TABLE audit_events DISABLE TRIGGER ALL;"
        "CREATE TABLE saved_events AS TABLE audit_events;"
        "CREATE TABLE saved_batches AS TABLE audit_batches;"
        "CREATE FUNCTION run(sql text) RETURNS void LANGUAGE plpgsql AS "
        "'BEGIN EXECUTE sql; END'");
    std::ifstream file(Checkpoints());
    checkpoints_.assign(std::istreambuf_iterator<char>(file), {});
    ASSERT_THAT(Check().findings, IsEmpty());
  }

  std::vector<std::string> FindingsAfter(const std::string& sql) {
    EXPECT_OK(superuser_.Execute([&](db::Session& session) {
      session.Exec(kRun, absl::StrCat("TRUNCATE audit_events, audit_batches;"
                                      "INSERT INTO audit_events SELECT * FROM saved_events;"
                                      "INSERT INTO audit_batches SELECT * FROM saved_batches;",
                                      sql));
      return absl::OkStatus();
    })) << sql;
    return Check().findings;
  }

  std::vector<std::string> FindingsWithCheckpoints(const std::string& content) {
    std::ofstream(Checkpoints("other")) << content;
    return Check("other").findings;
  }

  db::Pool superuser_{{.conninfo = database_.superuser, .size = 1, .queries = {kTestQueries}}};
  std::string checkpoints_;
};

// How many are tried; more for docs/proofs.md.
int Tamperings() {
  const char* const count = std::getenv("PORTAL_TAMPERINGS");
  return count == nullptr ? 280 : std::atoi(count);
}

// Random ways of tampering with one kind of thing; each returns SQL.
class Tamperer {
 public:
  explicit Tamperer(unsigned seed) : random_(seed) {}

  int Below(int n) { return std::uniform_int_distribution<int>(0, n - 1)(random_); }
  int Batch() { return 1 + Below(kBatches); }
  // An event of the given batch, as a scalar subquery.
  std::string EventOf(int batch, int index) {
    return absl::StrFormat(
        "(SELECT event_id FROM saved_events WHERE batch_no = %d ORDER BY event_id OFFSET %d LIMIT "
        "1)",
        batch, index);
  }
  std::string Event() { return EventOf(Batch(), Below(kEventsPerBatch)); }

  std::string EditEvent() {
    static const std::vector<std::string> kEdits = {
        "event_id = gen_random_uuid()",
        "occurred_at = occurred_at + interval '1 microsecond'",
        "actor_kind = 'staff'",
        "actor_id = gen_random_uuid()",
        "actor_id = NULL",
        "session_id = NULL",
        "calling_service = calling_service || 'x'",
        "clinic_id = gen_random_uuid()",
        "patient_id = gen_random_uuid()",
        "patient_id = NULL",
        "resource_kind = ''",
        "resource_id = 'r'",
        "action = 'records.ListPatients'",
        "outcome = 'PATIENT_NOT_FOUND'",
        "source_address = '192.0.2.8'",
        "request_id = ''",
        "actor_name = 'Dr Other'",
        "actor_name = CASE actor_name WHEN '' THEN 'Dr X' ELSE '' END",
        // The end of one text as a field of its own, and the other way round.
        "actor_name = request_id, request_id = ''",
        // The same characters, on the other side of a boundary.
        "action = action || outcome, outcome = ''",
    };
    return absl::StrCat("UPDATE audit_events SET ", kEdits[Below(kEdits.size())],
                        " WHERE event_id = ", Event());
  }
  std::string DeleteEvent() {
    return absl::StrCat("DELETE FROM audit_events WHERE event_id = ", Event());
  }
  std::string InsertEvent() {
    return absl::StrFormat(
        "INSERT INTO audit_events SELECT gen_random_uuid(), occurred_at, actor_kind, actor_id, "
        "session_id, calling_service, clinic_id, patient_id, resource_kind, resource_id, action, "
        "outcome, source_address, request_id, %d, actor_name FROM saved_events WHERE event_id = %s",
        1 + Below(kBatches + 3), Event());
  }
  std::string MoveEvent() {
    const int from = Batch(), to = 1 + (from + Below(kBatches - 1)) % kBatches;
    return absl::StrFormat("UPDATE audit_events SET batch_no = %d WHERE event_id = %s", to,
                           EventOf(from, Below(kEventsPerBatch)));
  }
  std::string SwapEventsBetweenBatches() {
    const int a = Batch(), b = 1 + a % kBatches;
    return absl::StrFormat(
        "UPDATE audit_events SET batch_no = %d - batch_no WHERE event_id IN (%s, %s)", a + b,
        EventOf(a, Below(kEventsPerBatch)), EventOf(b, Below(kEventsPerBatch)));
  }
  std::string ReorderEvents() {
    // Their contents stay, their ids and so their order change.
    const int batch = Batch(), first = Below(kEventsPerBatch - 1);
    return absl::StrFormat(
        "CREATE TEMP TABLE swap ON COMMIT DROP AS SELECT %s AS a, %s AS b;"
        "UPDATE audit_events SET event_id = gen_random_uuid() WHERE event_id = (SELECT a FROM "
        "swap);"
        "UPDATE audit_events SET event_id = (SELECT a FROM swap) WHERE event_id = (SELECT b FROM "
        "swap);"
        "UPDATE audit_events SET event_id = (SELECT b FROM swap) WHERE event_id NOT IN (SELECT "
        "event_id FROM saved_events)",
        EventOf(batch, first), EventOf(batch, first + 1));
  }
  std::string UnsealEvent() {
    return absl::StrCat("UPDATE audit_events SET batch_no = NULL WHERE event_id = ", Event());
  }
  std::string DeleteBatch() {
    const int batch = Batch();
    return absl::StrFormat(
        "DELETE FROM audit_events WHERE batch_no = %d; DELETE FROM audit_batches WHERE batch_no = "
        "%d",
        batch, batch);
  }
  std::string DeleteBatchRowOnly() {
    return absl::StrFormat("DELETE FROM audit_batches WHERE batch_no = %d", Batch());
  }
  std::string DeleteAndRenumber() {
    // Closes the gap as well.
    const int batch = 1 + Below(kBatches - 1);
    return absl::StrFormat(
        "DELETE FROM audit_events WHERE batch_no = %1$d;"
        "DELETE FROM audit_batches WHERE batch_no = %1$d;"
        "UPDATE audit_events SET batch_no = batch_no - 1 WHERE batch_no > %1$d;"
        "UPDATE audit_batches SET batch_no = -batch_no WHERE batch_no > %1$d;"
        "UPDATE audit_batches SET batch_no = -batch_no - 1 WHERE batch_no < 0",
        batch);
  }
  std::string ReorderBatches() {
    const int a = 1 + Below(kBatches - 1);
    const std::string swap = absl::StrFormat(
        "batch_no = CASE abs(batch_no) WHEN %1$d THEN %2$d ELSE %1$d END", a, a + 1);
    return absl::StrFormat(
        "UPDATE audit_events SET %1$s WHERE batch_no IN (%2$d, %3$d);"
        "UPDATE audit_batches SET batch_no = -batch_no WHERE batch_no IN (%2$d, %3$d);"
        "UPDATE audit_batches SET %1$s WHERE batch_no < 0",
        swap, a, a + 1);
  }
  std::string CutOff() {
    const int kept = Below(kBatches);
    return absl::StrFormat(
        "DELETE FROM audit_events WHERE batch_no > %1$d; DELETE FROM audit_batches WHERE batch_no "
        "> %1$d",
        kept);
  }
  std::string EditBatch() {
    static const std::vector<std::string> kEdits = {
        "event_count = event_count + 1",
        "previous_hash = sha256('x')",
        "hash = sha256('x')",
        "hash = ''",
        "sealed_at = sealed_at + interval '1 microsecond'",
        "key_id = 'k2'",
        "signature = set_byte(signature, 5, get_byte(signature, 5) # 1)",
        "signature = ''",
    };
    return absl::StrFormat("UPDATE audit_batches SET %s WHERE batch_no = %d",
                           kEdits[Below(kEdits.size())], Batch());
  }
  std::string AddBatch() {
    return absl::StrFormat(
        "INSERT INTO audit_batches SELECT %1$d, hash, sha256('x'), 1, sealed_at, key_id, signature "
        "FROM saved_batches WHERE batch_no = %2$d",
        kBatches + 1, kBatches);
  }
  // With events of its own, which no checked batch holds.
  std::string AddBatchBeforeTheFirst() {
    return absl::StrFormat(
        "INSERT INTO audit_batches SELECT %1$d, hash, sha256('x'), 1, sealed_at, key_id, signature "
        "FROM saved_batches WHERE batch_no = 1;"
        "INSERT INTO audit_events SELECT gen_random_uuid(), occurred_at, actor_kind, actor_id, "
        "session_id, calling_service, clinic_id, patient_id, resource_kind, resource_id, action, "
        "outcome, source_address, request_id, %1$d, actor_name FROM saved_events WHERE event_id = "
        "%2$s",
        -Below(5), Event());
  }

 private:
  std::mt19937 random_;
};

TEST_F(VerifyTest, UntouchedTrailIsAsSealed) {
  EXPECT_THAT(FindingsAfter(""), IsEmpty());
  const Report report = Check();
  EXPECT_EQ(report.checkpoints, kBatches / 2);
  EXPECT_EQ(report.batches, kBatches);
  EXPECT_EQ(report.events, kBatches * kEventsPerBatch);
  EXPECT_EQ(report.last_checkpoint_batch, kBatches);
}

TEST_F(VerifyTest, EveryKindOfTamperingIsFound) {
  const unsigned seed = ::testing::UnitTest::GetInstance()->random_seed() != 0
                            ? ::testing::UnitTest::GetInstance()->random_seed()
                            : std::random_device()();
  SCOPED_TRACE(absl::StrCat("repeat with --gtest_random_seed; seed ", seed));
  Tamperer tamperer(seed);
  const std::vector<std::pair<std::string, std::string (Tamperer::*)()>> kKinds = {
      {"edit event", &Tamperer::EditEvent},
      {"delete event", &Tamperer::DeleteEvent},
      {"insert event", &Tamperer::InsertEvent},
      {"move event", &Tamperer::MoveEvent},
      {"swap events", &Tamperer::SwapEventsBetweenBatches},
      {"reorder events", &Tamperer::ReorderEvents},
      {"unseal event", &Tamperer::UnsealEvent},
      {"delete batch", &Tamperer::DeleteBatch},
      {"delete batch row", &Tamperer::DeleteBatchRowOnly},
      {"delete and renumber", &Tamperer::DeleteAndRenumber},
      {"reorder batches", &Tamperer::ReorderBatches},
      {"cut off", &Tamperer::CutOff},
      {"edit batch", &Tamperer::EditBatch},
      {"add batch", &Tamperer::AddBatch},
      {"add batch before the first", &Tamperer::AddBatchBeforeTheFirst},
  };
  const int rounds = (Tamperings() + kKinds.size() - 1) / kKinds.size();
  int found = 0;
  for (const auto& [name, tamper] : kKinds) {
    for (int round = 0; round < rounds; ++round) {
      const std::string sql = (tamperer.*tamper)();
      const bool is_found = !FindingsAfter(sql).empty();
      EXPECT_TRUE(is_found) << name << ": " << sql;
      found += is_found;
    }
  }
  // For docs/proofs.md.
  absl::PrintF("PROOF %d of %d tamperings of %d kinds found\n", found, rounds * kKinds.size(),
               kKinds.size());
  EXPECT_THAT(FindingsAfter(""), IsEmpty());
}

// What was cut off after a checkpoint shows by the checkpoint; what was sealed after the last one
// could not be told from what never was.
TEST_F(VerifyTest, TruncationAfterACheckpointIsFoundAtItsFirstBatch) {
  for (int kept = 0; kept < kBatches; ++kept) {
    const auto findings =
        FindingsAfter(absl::StrFormat("DELETE FROM audit_events WHERE batch_no > %1$d;"
                                      "DELETE FROM audit_batches WHERE batch_no > %1$d",
                                      kept));
    EXPECT_THAT(findings, Not(IsEmpty())) << kept;
    EXPECT_GT(Check().first_broken_batch, kept);
    EXPECT_LE(Check().first_broken_batch, kept + 2);  // each second batch has a checkpoint
  }
}

TEST_F(VerifyTest, TheFirstBrokenBatchIsPointedAtWithItsEvents) {
  FindingsAfter(
      "UPDATE audit_events SET action = 'x' WHERE batch_no IN (5, 7);"
      "UPDATE audit_batches SET event_count = 7 WHERE batch_no = 6");
  const Report report = Check();
  EXPECT_EQ(report.first_broken_batch, 5);
  EXPECT_EQ(report.first_broken_event_id,
            Sql("SELECT min(event_id::text) FROM audit_events WHERE batch_no = 5"));
  EXPECT_EQ(report.last_broken_event_id,
            Sql("SELECT max(event_id::text) FROM audit_events WHERE batch_no = 5"));
}

TEST_F(VerifyTest, EachOfManyMadeUpBatchNumbersIsFound) {
  // More than are read at once.
  EXPECT_EQ(FindingsAfter("INSERT INTO audit_events SELECT gen_random_uuid(), occurred_at, "
                          "actor_kind, actor_id, session_id, calling_service, clinic_id, "
                          "patient_id, resource_kind, resource_id, action, outcome, "
                          "source_address, request_id, number, actor_name "
                          "FROM (SELECT * FROM saved_events LIMIT 1) AS event, "
                          "(SELECT generate_series(1001, 3500) AS number "
                          " UNION ALL SELECT generate_series(-9, 0)) AS numbers")
                .size(),
            2510);
}

// Whoever can write the database can compute hashes, but not sign them.
TEST_F(VerifyTest, TrailRewrittenWithAnotherKeyIsFound) {
  ASSERT_THAT(FindingsAfter("DELETE FROM audit_events WHERE event_id = (SELECT event_id FROM "
                            "saved_events WHERE batch_no = 8 LIMIT 1);"
                            "UPDATE audit_events SET batch_no = NULL;"
                            "TRUNCATE audit_batches"),
              Not(IsEmpty()));
  testing::KeyFolder forged;
  forged.AddSigningKey("k1");
  const auto keys = *crypto::SigningKeyring::Load(forged.path());
  auto sealer =
      Sealer::Open(*pool_, *keys, clock_, metrics_,
                   {.trail = "records", .checkpoints = Checkpoints("forged"), .max_batch = 6});
  ASSERT_OK(sealer);
  ASSERT_OK((*sealer)->SealOnce());
  EXPECT_EQ(Count("audit_batches"), kBatches);
  EXPECT_THAT(Check().findings, ::testing::Contains("batch 8 has no valid signature"));
  EXPECT_THAT(Check("forged").findings, Not(IsEmpty()));
}

TEST_F(VerifyTest, CheckpointFileThatWasTamperedWithIsFound) {
  std::mt19937 random(7);
  EXPECT_THAT(FindingsWithCheckpoints(checkpoints_), IsEmpty());
  // One hexadecimal digit or figure, anywhere.
  for (int round = 0; round < 100; ++round) {
    std::string changed = checkpoints_;
    char& c = changed[random() % changed.size()];
    if (c == '\n') continue;
    c = c == '1' ? '2' : '1';
    EXPECT_THAT(FindingsWithCheckpoints(changed), Not(IsEmpty())) << changed;
  }
  std::vector<std::string> lines = absl::StrSplit(checkpoints_, '\n', absl::SkipEmpty());
  std::swap(lines[0], lines[1]);
  EXPECT_THAT(FindingsWithCheckpoints(absl::StrJoin(lines, "\n") + "\n"),
              ::testing::ElementsAre("checkpoint line 2 is out of order"));
  EXPECT_THAT(FindingsWithCheckpoints(""),
              ::testing::ElementsAre("there are batches, but no checkpoint"));
}

TEST_F(VerifyTest, CheckpointOfAnotherTrailIsFound) {
  std::vector<std::string> lines = absl::StrSplit(checkpoints_, '\n', absl::SkipEmpty());
  ASSERT_OK_AND_ASSIGN(Checkpoint last, ParseCheckpoint(lines.back()));
  last.trail = "identity";
  last.batch.number += 1;
  last.batch.signature =
      signing_keys_->Snapshot()->active().Sign(SignedText("identity", last.batch));
  EXPECT_THAT(FindingsWithCheckpoints(checkpoints_ + ToJson(last) + "\n"),
              ::testing::ElementsAre("checkpoint line 5 belongs to the trail of identity"));
}

TEST_F(VerifyTest, UnknownKeyIsFoundAndAMissingFileIsAnError) {
  testing::KeyFolder other;
  other.Write("k9.pem", testing::NewKeyPairPem().public_key);
  const auto keys = *crypto::VerifyingKeyring::Load(other.path());
  ASSERT_OK_AND_ASSIGN(const Report report, Verify(*pool_, Checkpoints(), *keys));
  EXPECT_THAT(report.findings, Not(IsEmpty()));
  EXPECT_FALSE(Verify(*pool_, Checkpoints("missing"), *public_keys_).ok());
}

TEST_F(VerifyTest, CommandAnswersWithItsExitCode) {
  const auto run = [&](const std::string& checkpoints) {
    const std::string command = absl::StrFormat(
        "libs/audit/verify_audit --database_url='%s' --audit_checkpoints=%s "
        "--audit_public_keys=%s > %s 2>&1",
        database_.app, checkpoints, public_folder_.path(), Checkpoints("output"));
    const int status = std::system(command.c_str());
    std::ifstream file(Checkpoints("output"));
    return std::make_pair(WEXITSTATUS(status),
                          std::string(std::istreambuf_iterator<char>(file), {}));
  };
  EXPECT_EQ(run(Checkpoints()),
            std::make_pair(0, std::string("records: 48 events in 8 batches, 4 checkpoints up to "
                                          "batch 8: as sealed\n")));
  FindingsAfter("DELETE FROM audit_events WHERE batch_no = 3");
  EXPECT_EQ(run(Checkpoints()),
            std::make_pair(1, std::string("batch 3 has 0 events, but 6 were sealed\n"
                                          "first broken: audit_batches and audit_events with "
                                          "batch_no = 3\n"
                                          "records: 42 events in 8 batches, 4 checkpoints up to "
                                          "batch 8: TAMPERED WITH\n")));
  EXPECT_EQ(run(Checkpoints("missing")).first, 2);
}

}  // namespace
}  // namespace portal::audit
