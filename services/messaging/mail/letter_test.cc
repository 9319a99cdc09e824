#include "services/messaging/mail/letter.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/testing/status_matchers.h"

namespace portal::messaging {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr char kLink[] = "https://portal.example.org/x?a=1&b=2#token=abc";

class LetterTest : public ::testing::Test {
 protected:
  // With everything that any template asks for.
  static Notice Complete(Kind kind) {
    return {.kind = kind,
            .recipient = Address::Parse("email", "zoe@example.org").value(),
            .code = "012345",
            .device = "Firefox on Android",
            .time = absl::FromUnixSeconds(1'800'000'000)};
  }

  const LetterWriter writer_ = LetterWriter::Create().value();
};

TEST_F(LetterTest, EveryKindHasTheSamePlaceholdersAndButtonsInEveryLanguage) {
  const auto forms = [](const Wording::Template& form) {
    std::string forms;
    for (const Wording::Block& block : form.blocks) {
      if (block.form != Wording::Form::kParagraph) {
        absl::StrAppend(&forms, static_cast<int>(block.form));
      }
    }
    return forms;
  };
  for (int i = 0; i < kKinds; ++i) {
    const Kind kind = static_cast<Kind>(i);
    const Wording::Template& english = writer_.wording(Language::kEnglish).Of(kind);
    for (const Language language : kLanguages) {
      const Wording::Template& other = writer_.wording(language).Of(kind);
      EXPECT_EQ(english.Placeholders(), other.Placeholders()) << ToString(kind);
      EXPECT_EQ(forms(english), forms(other)) << ToString(kind);
      EXPECT_EQ(english.blocks.size(), other.blocks.size()) << ToString(kind);
    }
  }
}

TEST_F(LetterTest, EveryLetterIsCompleteInBothForms) {
  for (int i = 0; i < kKinds; ++i) {
    for (const Language language : kLanguages) {
      const Letter letter =
          writer_.Write(Complete(static_cast<Kind>(i)), language, "Clinic <Élan>", kLink);
      const std::string all = absl::StrCat(letter.subject, letter.text, letter.html);
      EXPECT_THAT(all, AllOf(Not(HasSubstr("{")), Not(HasSubstr("}")), Not(HasSubstr("<Élan>\n"))));
      EXPECT_THAT(letter.html, HasSubstr(absl::StrCat("<html lang=\"", ToString(language), "\">")));
      EXPECT_FALSE(letter.subject.empty());
      for (const absl::string_view line : absl::StrSplit(letter.text, '\n')) {
        EXPECT_LE(line.size(), 120) << line;
      }
    }
  }
}

TEST_F(LetterTest, NothingIsLoadedFromElsewhere) {
  for (int i = 0; i < kKinds; ++i) {
    const std::string html =
        writer_.Write(Complete(static_cast<Kind>(i)), Language::kEnglish, "Élan", kLink).html;
    for (const char* loaded : {"<img", "<script", "<link", "<style", "url(", "src="}) {
      EXPECT_THAT(html, Not(HasSubstr(loaded)));
    }
  }
}

TEST_F(LetterTest, TheLinkStandsAloneInTheTextAndTwiceInTheHtml) {
  const Letter letter = writer_.Write(Complete(Kind::kVerifyEmail), Language::kEnglish, "", kLink);
  EXPECT_THAT(letter.text, HasSubstr(absl::StrCat("\n\n", kLink, "\n\n")));
  const std::string escaped = "https://portal.example.org/x?a=1&amp;b=2#token=abc";
  EXPECT_THAT(letter.html, AllOf(HasSubstr(absl::StrCat("href=\"", escaped, "\"")),
                                 HasSubstr(absl::StrCat(">", escaped, "</a>"))));
}

TEST_F(LetterTest, WhatIsFilledInIsTextAndNothingElse) {
  Notice notice = Complete(Kind::kNewDeviceSignIn);
  notice.device = "<b>\"Fire\"</b> & {time} '";
  const Letter letter = writer_.Write(notice, Language::kEnglish, "", kLink);
  EXPECT_THAT(letter.text, HasSubstr("Device: <b>\"Fire\"</b> & {time} '\n"));
  EXPECT_THAT(letter.html,
              HasSubstr("Device: &lt;b&gt;&quot;Fire&quot;&lt;/b&gt; &amp; {time} &#39;</p>"));
}

TEST_F(LetterTest, AParagraphWithNothingToFillInIsLeftOut) {
  Notice notice = Complete(Kind::kNewDeviceSignIn);
  notice.device = "";
  EXPECT_THAT(writer_.Write(notice, Language::kEnglish, "", kLink).text,
              AllOf(HasSubstr("Time: 15 January 2027, 08:00 UTC"), Not(HasSubstr("Device"))));
  const Notice code = Complete(Kind::kMailboxCode);
  EXPECT_THAT(writer_.Write(code, Language::kFrench, "", "").text,
              AllOf(HasSubstr("    012345\n"), Not(HasSubstr("La demande"))));
  EXPECT_THAT(writer_.Write(code, Language::kFrench, "Élan", "").text,
              HasSubstr("La demande est passée par Élan."));
}

TEST_F(LetterTest, TextIsWrapped) {
  const Letter letter = writer_.Write(Complete(Kind::kPasswordChanged), Language::kFrench, "", "");
  EXPECT_THAT(letter.text,
              StartsWith("Le mot de passe de votre compte au portail des patients a été "
                         "changé.\n\nSi c'était vous"));
  EXPECT_THAT(letter.text, EndsWith("par courriel.\n"));
}

TEST(WordingTest, MistakesAreNamedWithTheirLine) {
  const auto mistake = [](absl::string_view file) {
    return std::string(Wording::Parse(file).status().message());
  };
  EXPECT_EQ(mistake("== verify_email\nSubject: {name}\n"),
            "line 2: {name} is nothing that is filled in");
  EXPECT_EQ(mistake("== a\nSubject: x\n\ntext\n== a\nSubject: x\n\ntext\n== b"),
            "line 9: a is there twice");
  EXPECT_EQ(mistake("== a\nSubject: x\n== b\n"), "line 3: a lacks its subject or its text");
  EXPECT_EQ(mistake("== a\nSubject: x\nSubject: y\n"), "line 3: a second subject");
  EXPECT_EQ(mistake("== a\nSubject: x\n\ntext\n"), "no footer");
  EXPECT_EQ(mistake("== footer\n\ntext\n"), "there is no verify_email");
}

}  // namespace
}  // namespace portal::messaging
