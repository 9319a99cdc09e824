#include "services/messaging/mail/smtp.h"

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/testing/status_matchers.h"
#include "services/messaging/mail/smtp_fixture.h"

namespace portal::messaging {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kMessage[] = "Subject: x\r\n\r\nhello\r\n.\r\n..dots\r\n";

class SmtpTest : public ::testing::Test {
 protected:
  static std::unique_ptr<Smtp> Open(SmtpOptions options) {
    absl::StatusOr<std::unique_ptr<Smtp>> smtp = Smtp::Open(std::move(options));
    EXPECT_OK(smtp);
    return *std::move(smtp);
  }
  // "sent", or the failure and the reply code.
  static std::string Send(Smtp& smtp, const std::string& name = "zoe",
                          const std::string& message = kMessage) {
    const Outcome outcome =
        smtp.Send(Address::Parse("from", "no-reply@portal.example.org").value(),
                  Address::Parse("to", name + "@example.org").value(), id::Uuid(), message);
    if (!outcome.failure.has_value()) return "sent";
    return absl::StrCat(ToString(*outcome.failure), " ", outcome.reply_code);
  }
};

TEST_F(SmtpTest, AMailArrivesAsItIsOverTls) {
  MailServer server;
  const auto smtp = Open(server.Options());
  EXPECT_EQ(Send(*smtp), "sent");
  EXPECT_EQ(server.Mails(), std::vector<std::string>{kMessage});
  EXPECT_THAT(server.Log(), HasSubstr("portal.example.org "));
  EXPECT_THAT(server.Log(), HasSubstr(" tls\n"));
}

TEST_F(SmtpTest, TlsFromTheFirstByteWorksAsWell) {
  MailServer server({"--tls=implicit"});
  SmtpOptions options = server.Options();
  options.url = absl::StrCat("smtps://localhost:", server.port());
  EXPECT_EQ(Send(*Open(options)), "sent");
}

TEST_F(SmtpTest, OneConnectionCarriesManyMails) {
  MailServer server;
  const auto smtp = Open(server.Options());
  for (int i = 0; i < 20; ++i) EXPECT_EQ(Send(*smtp), "sent");
  std::set<std::string> ports;
  for (const absl::string_view line : absl::StrSplit(server.Log(), '\n', absl::SkipEmpty())) {
    const std::vector<std::string> words = absl::StrSplit(line, ' ');
    ports.insert(words[1]);
  }
  EXPECT_EQ(ports.size(), 1);
}

TEST_F(SmtpTest, SignsInWithWhatTheFilesSayNow) {
  MailServer server({absl::StrCat("--user=", MailServer::kUser)});
  const auto smtp = Open(server.SigningIn(MailServer::kUser, "wrong"));
  EXPECT_EQ(Send(*smtp), "sign_in 535");
  EXPECT_THAT(server.Mails(), IsEmpty());
  server.WriteFile("password", MailServer::kPassword);
  EXPECT_EQ(Send(*smtp), "sent");
  EXPECT_THAT(server.Log(), HasSubstr(absl::StrCat(" ", MailServer::kUser, " tls\n")));
}

TEST_F(SmtpTest, AServerThatWantsToKnowUsRefusesEveryMailNotThisOne) {
  MailServer server({absl::StrCat("--user=", MailServer::kUser)});
  EXPECT_EQ(Send(*Open(server.Options())), "misbehaving 530");
}

TEST_F(SmtpTest, WithoutTlsNothingIsSaid) {
  MailServer server({"--tls=none"});
  EXPECT_THAT(Send(*Open(server.SigningIn())), HasSubstr("untrusted"));
  EXPECT_THAT(server.Mails(), IsEmpty());
}

TEST_F(SmtpTest, AnotherServersCertificateIsRefused) {
  MailServer server;
  MailServer stranger;
  SmtpOptions options = server.Options();
  options.ca = stranger.Options().ca;
  EXPECT_THAT(Send(*Open(options)), HasSubstr("untrusted"));
  // The right authority, but a name that the certificate does not have.
  options = server.Options();
  options.url = absl::StrCat("smtp://127.0.0.2:", server.port());
  EXPECT_THAT(Send(*Open(options)), HasSubstr("untrusted"));
  EXPECT_THAT(server.Mails(), IsEmpty());
}

TEST_F(SmtpTest, RefusalsOfTheMailAreForGood) {
  MailServer server;
  const auto smtp = Open(server.Options());
  EXPECT_EQ(Send(*smtp, "unknown"), "refused 550");
  EXPECT_EQ(Send(*smtp, "spam"), "refused 554");
  EXPECT_EQ(Send(*smtp), "sent");
}

TEST_F(SmtpTest, ARecipientsOwnRefusalsAreForGood) {
  MailServer server;
  const auto smtp = Open(server.Options());
  EXPECT_EQ(Send(*smtp, "full"), "refused 552");
  EXPECT_EQ(Send(*smtp, "plain"), "refused 550");
}

TEST_F(SmtpTest, AServerThatMayNotRelayForUsIsAskedAgain) {
  MailServer server;
  const auto smtp = Open(server.Options());
  EXPECT_EQ(Send(*smtp, "relay"), "misbehaving 554");
  EXPECT_EQ(Send(*smtp, "sign-in"), "misbehaving 530");
  EXPECT_EQ(Send(*smtp, "relay"), "sent");
}

TEST_F(SmtpTest, ATemporaryRefusalPasses) {
  MailServer server;
  const auto smtp = Open(server.Options());
  EXPECT_EQ(Send(*smtp, "later"), "deferred 451");
  EXPECT_EQ(Send(*smtp, "later"), "sent");
}

TEST_F(SmtpTest, AServerThatIsDownIsUnreachableUntilItIsUp) {
  MailServer server;
  const auto smtp = Open(server.Options());
  EXPECT_EQ(Send(*smtp), "sent");
  server.Stop();
  EXPECT_EQ(Send(*smtp).substr(0, 11), "unreachable");
  EXPECT_EQ(Send(*smtp), "unreachable 0");
  server.Start();
  EXPECT_EQ(Send(*smtp), "sent");
}

TEST_F(SmtpTest, AServerThatTakesAMailAndDiesIsAskedAgain) {
  MailServer server;
  const auto smtp = Open(server.Options());
  EXPECT_THAT(Send(*smtp, "dies"), HasSubstr("unreachable"));
  EXPECT_EQ(Send(*smtp, "dies"), "sent");
  EXPECT_EQ(server.Mails(), (std::vector<std::string>{kMessage, kMessage}));
}

TEST_F(SmtpTest, NonsenseIsNotTakenForAnAnswer) {
  MailServer server;
  SmtpOptions options = server.Options();
  options.timeout = absl::Seconds(2);
  const auto smtp = Open(options);
  for (const char* name : {"garbage", "overlong", "silent", "hangs-up"}) {
    const std::string outcome = Send(*smtp, name);
    EXPECT_NE(outcome.substr(0, 7), "refused") << name;
  }
  EXPECT_EQ(Send(*smtp), "sent");
}

TEST_F(SmtpTest, ASilentServerIsGivenUpInTime) {
  MailServer server;
  SmtpOptions options = server.Options();
  options.timeout = absl::Seconds(1);
  EXPECT_THAT(Send(*Open(options), "silent"), HasSubstr("unreachable"));
}

TEST_F(SmtpTest, LongMailsArriveWhole) {
  MailServer server;
  std::string message = "Subject: x\r\n\r\n";
  for (int i = 0; i < 20'000; ++i) absl::StrAppend(&message, ".line ", i, "\r\n");
  EXPECT_EQ(Send(*Open(server.Options()), "zoe", message), "sent");
  EXPECT_EQ(server.Mails(), std::vector<std::string>{message});
}

TEST(SmtpOptionsTest, MistakesAreTheOperators) {
  EXPECT_FALSE(Smtp::Open({.url = "http://mail.example.org"}).ok());
  EXPECT_FALSE(Smtp::Open({.url = "smtp://user:password@mail.example.org"}).ok());
  EXPECT_FALSE(Smtp::Open({.url = "smtp://mail.example.org", .user_file = "/dev/null"}).ok());
  EXPECT_FALSE(Smtp::Open({.url = "smtp://mail.example.org", .ca = "/nonexistent"}).ok());
  EXPECT_OK(Smtp::Open({.url = "smtp://mail.example.org:587"}));
}

}  // namespace
}  // namespace portal::messaging
