#include "services/messaging/mail/message.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/testing/status_matchers.h"

namespace portal::messaging {
namespace {

using ::testing::AllOf;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kEventId[] = "019c1f5e-4c00-7000-8000-000000000001";

class MessageTest : public ::testing::Test {
 protected:
  std::string Write(const Letter& letter) const {
    return WriteMessage(letter, sender_, Address::Parse("to", "zoe@example.com").value(),
                        *id::Uuid::Parse(kEventId), absl::FromUnixSeconds(1'770'000'000));
  }
  static std::vector<std::string> Lines(const std::string& message) {
    return absl::StrSplit(message, "\r\n");
  }
  // What stands before the first empty line.
  static std::string Head(const std::string& message) {
    return message.substr(0, message.find("\r\n\r\n") + 2);
  }

  Sender sender_{.name = "Patient Portal",
                 .address = Address::Parse("from", "no-reply@portal.example.org").value()};
};

TEST_F(MessageTest, HasTheHeadersOfAnAutomaticMail) {
  const std::string head = Head(Write({.subject = "Hello", .text = "a\n", .html = "<p>a</p>\n"}));
  for (const char* line :
       {"From: Patient Portal <no-reply@portal.example.org>\r\n", "To: zoe@example.com\r\n",
        "Subject: Hello\r\n", "Date: Mon, 02 Feb 2026 02:40:00 +0000\r\n",
        "Message-Id: <019c1f5e-4c00-7000-8000-000000000001@portal.example.org>\r\n",
        "Auto-Submitted: auto-generated\r\n", "MIME-Version: 1.0\r\n",
        "Content-Type: multipart/alternative;"}) {
    EXPECT_THAT(head, HasSubstr(line));
  }
}

TEST_F(MessageTest, WrittenAgainItIsTheSame) {
  const Letter letter = {.subject = "Élan", .text = "à\n", .html = "<p>à</p>\n"};
  EXPECT_EQ(Write(letter), Write(letter));
}

TEST_F(MessageTest, IsShortLinesOfAscii) {
  sender_.name = "Portail des patients « Élan »";
  std::string longest(20'000, 'x');
  for (size_t i = 0; i < longest.size(); i += 50) longest[i] = ' ';
  const std::string message = Write({.subject = absl::StrCat("Été ", longest.substr(0, 300)),
                                     .text = absl::StrCat("é", longest, "\n.\n..\nFrom x\n"),
                                     .html = absl::StrCat("<p>é</p>", longest)});
  for (const std::string& line : Lines(message)) {
    EXPECT_LE(line.size(), 998) << line;
    const std::string text = line.substr(line.find_first_not_of('\t') == 1 ? 1 : 0);
    EXPECT_THAT(text, Each(AllOf(::testing::Ge(' '), ::testing::Le('~')))) << line;
  }
  EXPECT_THAT(message, Not(HasSubstr("Été")));
}

TEST_F(MessageTest, NoNameOrSubjectAddsAHeader) {
  sender_.name = "Portal\r\nBcc: all@example.org";
  const std::string message = Write(
      {.subject = "Invited to X\r\nBcc: all@example.org\r\n\r\n<p>", .text = "a", .html = "b"});
  for (const std::string& line : Lines(Head(message))) {
    EXPECT_THAT(line, Not(::testing::StartsWith("Bcc"))) << message;
  }
  EXPECT_THAT(Head(message), HasSubstr("Content-Type: multipart/alternative"));
}

TEST_F(MessageTest, HasBothForms) {
  const std::string message =
      Write({.subject = "s", .text = "caf\xC3\xA9 = 1\n", .html = "<p>caf\xC3\xA9</p>\n"});
  EXPECT_THAT(message,
              AllOf(HasSubstr("Content-Type: text/plain; charset=utf-8\r\n"),
                    HasSubstr("Content-Type: text/html; charset=utf-8\r\n"),
                    HasSubstr("Content-Transfer-Encoding: quoted-printable\r\n"),
                    HasSubstr("\r\n\r\ncaf=C3=A9 =3D 1\r\n"), HasSubstr("<p>caf=C3=A9</p>\r\n")));
  EXPECT_LT(message.find("text/plain"), message.find("text/html"));
}

}  // namespace
}  // namespace portal::messaging
