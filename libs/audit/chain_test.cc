#include "libs/audit/chain.h"

#include <signal.h>
#include <sys/resource.h>

#include <fstream>

#include "gtest/gtest.h"
#include "libs/audit/checkpoint_file.h"
#include "libs/crypto/encoding.h"
#include "libs/testing/status_matchers.h"

namespace portal::audit {
namespace {

Checkpoint Example(int64_t number = 7) {
  Batch batch{.number = number,
              .event_count = 2,
              .previous_hash = GenesisHash(),
              .sealed_at = absl::FromUnixMicros(1'772'355'600'000'001),
              .key_id = "k20261122T190000",
              .signature = std::string(64, '\x5a')};
  batch.hash = HashBatch("records", batch, "events");
  return {"records", batch};
}

// The forms are frozen: trails sealed by earlier releases must stay verifiable.
TEST(ChainTest, FormsAreFrozen) {
  const Checkpoint checkpoint = Example();
  EXPECT_EQ(crypto::HexEncode(checkpoint.batch.hash),
            "6e67c3eb2b73f14be8e1eb6fa9d644ed74c5f70bc5ef294b7eebea785288a6c2");
  EXPECT_EQ(crypto::HexEncode(SignedText("records", checkpoint.batch)),
            "000000000000000f706f7274616c2e61756469742e7631000000000000000a636865636b706f696e7400"
            "000000000000077265636f72647300000000000000070000000000000002000000000000002000000000"
            "0000000000000000000000000000000000000000000000000000000000000000000000206e67c3eb2b73"
            "f14be8e1eb6fa9d644ed74c5f70bc5ef294b7eebea785288a6c200064bf2b1f424010000000000000010"
            "6b323032363131323254313930303030");
  EXPECT_EQ(
      ToJson(checkpoint),
      "{\"batch_no\":7,\"event_count\":2,\"format\":\"portal.audit.v1\",\"hash\":"
      "\"6e67c3eb2b73f14be8e"
      "1eb6fa9d644ed74c5f70bc5ef294b7eebea785288a6c2\",\"key_id\":\"k20261122T190000\",\"previous"
      "_hash\":\"0000000000000000000000000000000000000000000000000000000000000000\",\"sealed_us"
      "\":1772355600000001,\"signature\":\"5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a"
      "5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a\",\"trail"
      "\":\"records\"}");
}

TEST(ChainTest, EveryPartChangesTheHashAndTheSignedText) {
  const Batch batch = Example().batch;
  const auto hash = [](const Batch& b) { return HashBatch("records", b, "events"); };
  Batch other = batch;
  other.number = 8;
  EXPECT_NE(hash(other), batch.hash);
  other = batch;
  other.event_count = 3;
  EXPECT_NE(hash(other), batch.hash);
  other = batch;
  other.previous_hash[31] = 1;
  EXPECT_NE(hash(other), batch.hash);
  EXPECT_NE(HashBatch("identity", batch, "events"), batch.hash);
  EXPECT_NE(HashBatch("records", batch, "event"), batch.hash);

  const std::string text = SignedText("records", batch);
  EXPECT_NE(SignedText("identity", batch), text);
  other = batch;
  other.hash[0] ^= 1;
  EXPECT_NE(SignedText("records", other), text);
  other = batch;
  other.sealed_at += absl::Microseconds(1);
  EXPECT_NE(SignedText("records", other), text);
  other = batch;
  other.key_id = "k2";
  EXPECT_NE(SignedText("records", other), text);
}

TEST(ChainTest, CheckpointSurvivesWritingAndReading) {
  const std::string line = ToJson(Example());
  ASSERT_OK_AND_ASSIGN(const Checkpoint read, ParseCheckpoint(line));
  EXPECT_EQ(ToJson(read), line);
  EXPECT_EQ(read.trail, "records");
  EXPECT_EQ(read.batch.hash, Example().batch.hash);
}

TEST(ChainTest, OtherLinesAreNoCheckpoints) {
  const std::string line = ToJson(Example());
  EXPECT_FALSE(ParseCheckpoint("").ok());
  EXPECT_FALSE(ParseCheckpoint("{}").ok());
  EXPECT_FALSE(ParseCheckpoint("[1]").ok());
  EXPECT_FALSE(ParseCheckpoint(line + " ").ok());
  EXPECT_FALSE(ParseCheckpoint(ToJson(Example(0))).ok());
  for (size_t length = 0; length < line.size(); ++length) {
    EXPECT_FALSE(ParseCheckpoint(line.substr(0, length)).ok()) << length;
  }
  std::string upper = line;
  upper.replace(upper.find("5a"), 2, "5A");
  EXPECT_FALSE(ParseCheckpoint(upper).ok());
  std::string more = line;
  more.insert(1, "\"a\":1,");
  EXPECT_FALSE(ParseCheckpoint(more).ok());
}

class CheckpointFileTest : public ::testing::Test {
 protected:
  std::string Content() const {
    std::ifstream file(path_);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  void Write(const std::string& content) { std::ofstream(path_) << content; }

  const std::string path_ = ::testing::TempDir() + "/checkpoints" +
                            ::testing::UnitTest::GetInstance()->current_test_info()->name();
};

TEST_F(CheckpointFileTest, NewFileIsEmptyAndKeepsWhatIsAppended) {
  {
    ASSERT_OK_AND_ASSIGN(const auto file, CheckpointFile::Open(path_));
    EXPECT_FALSE(file->last().has_value());
    ASSERT_OK(file->Append(Example(1)));
    ASSERT_OK(file->Append(Example(5)));
  }
  ASSERT_OK_AND_ASSIGN(const auto file, CheckpointFile::Open(path_));
  EXPECT_EQ(file->last()->batch.number, 5);
  EXPECT_EQ(Content(), ToJson(Example(1)) + "\n" + ToJson(Example(5)) + "\n");
}

TEST_F(CheckpointFileTest, LineThatACrashLeftUnfinishedIsCutOff) {
  const std::string whole = ToJson(Example(1)) + "\n";
  const std::string next = ToJson(Example(2));
  for (size_t length : {size_t{1}, next.size() / 2, next.size()}) {
    Write(whole + next.substr(0, length));
    ASSERT_OK_AND_ASSIGN(const auto file, CheckpointFile::Open(path_));
    EXPECT_EQ(file->last()->batch.number, 1);
    EXPECT_EQ(Content(), whole);
  }
}

TEST_F(CheckpointFileTest, FileOfAnotherKindIsRefusedAndKept) {
  const std::string line = ToJson(Example(1)) + "\n";
  for (const std::string& content : {std::string("not ours\n"), std::string("not ours"),
                                     line + "not ours", line + "not ours\n"}) {
    Write(content);
    EXPECT_FALSE(CheckpointFile::Open(path_).ok());
    EXPECT_EQ(Content(), content);
  }
  EXPECT_FALSE(CheckpointFile::Open(path_ + "/missing/file").ok());
}

TEST_F(CheckpointFileTest, LastOfManyIsFound) {
  std::string content;
  for (int n = 1; n <= 1000; ++n) content += ToJson(Example(n)) + "\n";
  Write(content + ToJson(Example(1001)).substr(0, 100));
  {
    ASSERT_OK_AND_ASSIGN(const auto file, CheckpointFile::Open(path_));
    EXPECT_EQ(file->last()->batch.number, 1000);
  }
  EXPECT_EQ(Content(), content);
  Write(content + std::string(100'000, 'x'));
  EXPECT_FALSE(CheckpointFile::Open(path_).ok());
}

TEST_F(CheckpointFileTest, OneProcessAtATimeHasIt) {
  ASSERT_OK_AND_ASSIGN(auto file, CheckpointFile::Open(path_));
  EXPECT_FALSE(CheckpointFile::Open(path_).ok());
  file.reset();
  EXPECT_OK(CheckpointFile::Open(path_));
}

TEST_F(CheckpointFileTest, FullDiskLeavesTheFileAsItWas) {
  ASSERT_OK_AND_ASSIGN(const auto file, CheckpointFile::Open(path_));
  ASSERT_OK(file->Append(Example(1)));
  const std::string before = Content();
  rlimit unlimited;
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &unlimited), 0);
  signal(SIGXFSZ, SIG_IGN);
  rlimit limit = unlimited;
  limit.rlim_cur = before.size() + 10;  // a part of the next line fits
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &limit), 0);
  const absl::Status status = file->Append(Example(2));
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &unlimited), 0);
  EXPECT_FALSE(status.ok());
  EXPECT_EQ(Content(), before);
  EXPECT_EQ(file->last()->batch.number, 1);
  ASSERT_OK(file->Append(Example(2)));
  EXPECT_EQ(Content(), before + ToJson(Example(2)) + "\n");
}

}  // namespace
}  // namespace portal::audit
