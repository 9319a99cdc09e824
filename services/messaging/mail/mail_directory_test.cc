#include "services/messaging/mail/mail_directory.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "libs/testing/status_matchers.h"

namespace portal::messaging {
namespace {

constexpr char kEventId[] = "019c1f5e-4c00-7000-8000-000000000001";

class MailDirectoryTest : public ::testing::Test {
 protected:
  MailDirectoryTest() {
    std::string pattern = absl::StrCat(std::getenv("TEST_TMPDIR"), "/mail-XXXXXX");
    folder_ = mkdtemp(pattern.data());
    absl::StatusOr<std::unique_ptr<MailDirectory>> opened = MailDirectory::Open(folder_ / "mails");
    EXPECT_OK(opened);
    directory_ = *std::move(opened);
  }
  ~MailDirectoryTest() override { std::filesystem::remove_all(folder_); }

  Outcome Send(const std::string& message) {
    const Address address = Address::Parse("to", "zoe@example.org").value();
    return directory_->Send(address, address, *id::Uuid::Parse(kEventId), message);
  }

  std::vector<std::string> Files() {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder_ / "mails")) {
      names.push_back(entry.path().filename());
    }
    return names;
  }

  std::filesystem::path folder_;
  std::unique_ptr<MailDirectory> directory_;
};

TEST_F(MailDirectoryTest, AMailIsOneFileNamedAfterItsEventThatOnlyItsOwnerReads) {
  for (const char* message : {"first", "again"}) {
    EXPECT_FALSE(Send(message).failure.has_value());
    ASSERT_EQ(Files(), std::vector<std::string>{absl::StrCat(kEventId, ".eml")});
    const std::filesystem::path path = folder_ / "mails" / Files()[0];
    std::ifstream file(path);
    EXPECT_EQ(std::string(std::istreambuf_iterator<char>(file), {}), message);
    using std::filesystem::perms;
    EXPECT_EQ(std::filesystem::status(path).permissions(), perms::owner_read | perms::owner_write);
  }
}

TEST_F(MailDirectoryTest, FailureToWriteIsTriedAgain) {
  std::filesystem::remove_all(folder_ / "mails");
  EXPECT_EQ(Send("x").failure, Failure::kUnreachable);
}

TEST_F(MailDirectoryTest, FolderThatCannotBeMadeIsAMistake) {
  std::ofstream(folder_ / "file") << "x";
  EXPECT_FALSE(MailDirectory::Open(folder_ / "file" / "mails").ok());
}

}  // namespace
}  // namespace portal::messaging
