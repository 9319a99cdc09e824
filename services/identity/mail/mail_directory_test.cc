#include "services/identity/mail/mail_directory.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/id/uuid.h"
#include "libs/testing/status_matchers.h"
#include "portal/identity/v1/mail.pb.h"
#include "services/identity/rpc/mails.h"

namespace portal::identity {
namespace {

using ::testing::HasSubstr;

constexpr char kEventId[] = "019c1f5e-4c00-7000-8000-000000000001";

class MailDirectoryTest : public ::testing::Test {
 protected:
  MailDirectoryTest() {
    std::string pattern = absl::StrCat(std::getenv("TEST_TMPDIR"), "/mail-XXXXXX");
    folder_ = mkdtemp(pattern.data());
    absl::StatusOr<std::unique_ptr<MailDirectory>> opened =
        MailDirectory::Open(folder_ / "mails", "https://portal.example.org:7443");
    EXPECT_OK(opened);
    directory_ = *std::move(opened);
  }
  ~MailDirectoryTest() override { std::filesystem::remove_all(folder_); }

  absl::Status Deliver(const std::string& topic, const std::string& payload) {
    return directory_->Routes().at(topic)(
        {.event_id = *id::Uuid::Parse(kEventId), .topic = topic, .payload = payload});
  }

  std::vector<std::string> Files() {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder_ / "mails")) {
      names.push_back(entry.path().filename());
    }
    return names;
  }

  std::string Content() {
    std::ifstream file(folder_ / "mails" / absl::StrCat(kEventId, ".eml"));
    return {std::istreambuf_iterator<char>(file), {}};
  }

  std::filesystem::path folder_;
  std::unique_ptr<MailDirectory> directory_;
};

TEST_F(MailDirectoryTest, MailIsOneCompleteFileNamedAfterItsEvent) {
  v1::Mail mail;
  mail.set_recipient("Anna@example.org");
  mail.mutable_verify_email()->set_link("https://portal.example.org:7443/verify#token=abc");
  ASSERT_OK(Deliver(kVerifyEmailTopic, mail.SerializeAsString()));
  EXPECT_EQ(Files(), std::vector<std::string>{absl::StrCat(kEventId, ".eml")});
  EXPECT_THAT(Content(), HasSubstr("Date: Mon, 02 Feb 2026 "));
  EXPECT_THAT(Content(), HasSubstr("To: <Anna@example.org>\r\n"));
  EXPECT_THAT(Content(),
              HasSubstr(absl::StrCat("Message-ID: <", kEventId, "@portal.example.org>\r\n")));
  EXPECT_THAT(Content(), HasSubstr("\r\n\r\nhttps://portal.example.org:7443/verify#token=abc\r\n"));
}

TEST_F(MailDirectoryTest, DeliveredAgainItIsTheSameFile) {
  v1::Mail mail;
  mail.set_recipient("anna@example.org");
  mail.mutable_sign_up_repeated()->set_portal_url("https://portal.example.org:7443");
  ASSERT_OK(Deliver(kSignUpRepeatedTopic, mail.SerializeAsString()));
  const std::string first = Content();
  ASSERT_OK(Deliver(kSignUpRepeatedTopic, mail.SerializeAsString()));
  EXPECT_EQ(Content(), first);
  EXPECT_EQ(Files().size(), 1);
}

TEST_F(MailDirectoryTest, OnlyItsOwnerReadsIt) {
  v1::Mail mail;
  mail.set_recipient("anna@example.org");
  mail.mutable_staff_invitation()->set_link("https://portal.example.org:7443/invitation#token=abc");
  mail.mutable_staff_invitation()->set_clinic_display_name(
      "Klinik S\xC3\xBC"
      "d");
  ASSERT_OK(Deliver(kStaffInvitationTopic, mail.SerializeAsString()));
  EXPECT_THAT(Content(), HasSubstr("\r\nKlinik S\xC3\xBC"
                                   "d\r\n"));
  using std::filesystem::perms;
  EXPECT_EQ(
      std::filesystem::status(folder_ / "mails" / absl::StrCat(kEventId, ".eml")).permissions(),
      perms::owner_read | perms::owner_write);
}

TEST_F(MailDirectoryTest, WhatIsNoMailIsRefusedForGood) {
  EXPECT_EQ(Deliver(kVerifyEmailTopic, "\xFF\xFF").code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Deliver(kVerifyEmailTopic, v1::Mail().SerializeAsString()).code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_TRUE(Files().empty());
}

TEST_F(MailDirectoryTest, FailureToWriteIsTriedAgain) {
  std::filesystem::remove_all(folder_ / "mails");
  v1::Mail mail;
  mail.mutable_verify_email()->set_link("x");
  EXPECT_EQ(Deliver(kVerifyEmailTopic, mail.SerializeAsString()).code(),
            absl::StatusCode::kInternal);
}

TEST_F(MailDirectoryTest, WithoutAFolderMailsWait) {
  ASSERT_OK_AND_ASSIGN(const auto nowhere, MailDirectory::Open("", "https://portal.example.org"));
  EXPECT_TRUE(nowhere->Routes().empty());
}

TEST_F(MailDirectoryTest, FolderThatCannotBeMadeIsAMistake) {
  std::ofstream(folder_ / "file") << "x";
  EXPECT_FALSE(MailDirectory::Open(folder_ / "file" / "mails", "https://portal.example.org").ok());
}

}  // namespace
}  // namespace portal::identity
