#include "services/messaging/mail/letter.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "libs/status/status_macros.h"
#include "libs/text/text.h"
#include "services/messaging/templates/templates.h"

namespace portal::messaging {
namespace {

constexpr absl::string_view kHeading = "== ";
constexpr absl::string_view kSubject = "Subject: ";
constexpr absl::string_view kDisplay = "> ";
constexpr char kFooter[] = "footer";
// What is known of every notice, empty where it does not apply.
constexpr const char* kNames[] = {"clinic", "code", "device", "time"};

// Characters in a line of text: what mail programs show without wrapping.
constexpr size_t kLineCharacters = 76;

// Calls `literal(text)` and `name(text)` for what stands outside and inside of braces, in order.
template <typename Literal, typename Name>
void Split(absl::string_view text, Literal literal, Name name) {
  while (!text.empty()) {
    const size_t open = text.find('{');
    const size_t close = open == absl::string_view::npos ? open : text.find('}', open);
    if (close == absl::string_view::npos) break;
    literal(text.substr(0, open));
    name(text.substr(open + 1, close - open - 1));
    text.remove_prefix(close + 1);
  }
  literal(text);
}

std::set<std::string> NamesIn(absl::string_view text) {
  std::set<std::string> names;
  Split(
      text, [](absl::string_view) {}, [&](absl::string_view name) { names.emplace(name); });
  return names;
}

absl::Status CheckNames(absl::string_view text) {
  for (const std::string& name : NamesIn(text)) {
    if (std::find(std::begin(kNames), std::end(kNames), name) == std::end(kNames)) {
      return absl::InvalidArgumentError(absl::StrCat("{", name, "} is nothing that is filled in"));
    }
  }
  return absl::OkStatus();
}

std::string Fill(absl::string_view text, const Values& values) {
  std::string filled;
  Split(
      text, [&](absl::string_view literal) { absl::StrAppend(&filled, literal); },
      [&](absl::string_view name) { absl::StrAppend(&filled, values.at(std::string(name))); });
  return filled;
}

bool IsComplete(absl::string_view text, const Values& values) {
  for (const std::string& name : NamesIn(text)) {
    if (values.at(name).empty()) return false;
  }
  return true;
}

std::string Escape(absl::string_view text) {
  return absl::StrReplaceAll(
      text, {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\"", "&quot;"}, {"'", "&#39;"}});
}

// In lines of at most kLineCharacters; a longer word has a line of its own.
std::string Wrap(absl::string_view paragraph) {
  std::string wrapped;
  size_t column = 0;
  for (const absl::string_view word : absl::StrSplit(paragraph, ' ')) {
    const size_t length = text::CharacterCount(word);
    if (column > 0 && column + 1 + length > kLineCharacters) {
      wrapped += '\n';
      column = 0;
    } else if (column > 0) {
      wrapped += ' ';
      ++column;
    }
    absl::StrAppend(&wrapped, word);
    column += length;
  }
  return wrapped;
}

std::string TextOf(const Wording::Block& block, const Values& values, absl::string_view link) {
  const std::string filled = Fill(block.text, values);
  switch (block.form) {
    case Wording::Form::kButton:
      return absl::StrCat(filled, ":\n\n", link);
    case Wording::Form::kDisplay:
      return absl::StrCat("    ", filled);
    case Wording::Form::kParagraph:
      break;
  }
  return Wrap(filled);
}

// Colours are set only where both of text and ground are: the rest follows the reader's, light or
// dark.
std::string HtmlOf(const Wording::Block& block, const Values& values, absl::string_view link) {
  const std::string filled = Escape(Fill(block.text, values));
  const std::string target = Escape(link);
  switch (block.form) {
    case Wording::Form::kButton:
      return absl::StrCat(
          "<p style=\"margin:1.5em 0 0.5em\"><a href=\"", target,
          "\" style=\"display:inline-block;padding:0.7em 1.4em;border-radius:6px;"
          "background-color:#1d5c87;color:#ffffff;text-decoration:none\">",
          filled, "</a></p>\n<p style=\"margin:0 0 1.5em;font-size:13px;word-break:break-all\">",
          "<a href=\"", target, "\" style=\"color:inherit\">", target, "</a></p>");
    case Wording::Form::kDisplay:
      return absl::StrCat(
          "<p style=\"margin:1.5em 0;font-size:22px;letter-spacing:0.05em\"><strong>", filled,
          "</strong></p>");
    case Wording::Form::kParagraph:
      break;
  }
  return absl::StrCat("<p style=\"margin:0 0 1em\">", filled, "</p>");
}

// The blocks between two headings.
class TemplateParser {
 public:
  absl::Status Line(absl::string_view line) {
    if (line.empty()) {
      EndParagraph();
    } else if (absl::StartsWith(line, kSubject)) {
      if (!parsed_.subject.empty()) return absl::InvalidArgumentError("a second subject");
      parsed_.subject = std::string(absl::StripPrefix(line, kSubject));
      return CheckNames(parsed_.subject);
    } else if (line.front() == '[' && line.back() == ']') {
      EndParagraph();
      Add(Wording::Form::kButton, line.substr(1, line.size() - 2));
    } else if (absl::StartsWith(line, kDisplay)) {
      EndParagraph();
      Add(Wording::Form::kDisplay, absl::StripPrefix(line, kDisplay));
    } else {
      absl::StrAppend(&paragraph_, paragraph_.empty() ? "" : " ", line);
    }
    return CheckNames(line);
  }

  Wording::Template Take() {
    EndParagraph();
    return std::exchange(parsed_, {});
  }

 private:
  void Add(Wording::Form form, absl::string_view text) {
    parsed_.blocks.push_back({form, std::string(text)});
  }
  void EndParagraph() {
    if (!paragraph_.empty()) Add(Wording::Form::kParagraph, std::exchange(paragraph_, ""));
  }

  Wording::Template parsed_;
  std::string paragraph_;
};

Values ValuesOf(const Notice& notice, Language language, absl::string_view clinic_name) {
  return {{"clinic", std::string(clinic_name)},
          {"code", notice.code},
          {"device", notice.device},
          {"time", notice.time.has_value() ? FormatTime(*notice.time, language) : ""}};
}

}  // namespace

std::set<std::string> Wording::Template::Placeholders() const {
  std::set<std::string> names = NamesIn(subject);
  for (const Block& block : blocks) names.merge(NamesIn(block.text));
  return names;
}

absl::StatusOr<Wording> Wording::Parse(absl::string_view file) {
  Wording wording;
  TemplateParser parser;
  std::string name;
  int number = 0;
  const auto finish = [&]() -> absl::Status {
    Template parsed = parser.Take();
    if (name.empty()) return absl::OkStatus();
    if (parsed.blocks.empty() || parsed.subject.empty() != (name == kFooter)) {
      return absl::InvalidArgumentError(absl::StrCat(name, " lacks its subject or its text"));
    }
    if (!wording.templates_.emplace(name, std::move(parsed)).second) {
      return absl::InvalidArgumentError(absl::StrCat(name, " is there twice"));
    }
    return absl::OkStatus();
  };
  for (const absl::string_view line : absl::StrSplit(absl::StripSuffix(file, "\n"), '\n')) {
    ++number;
    if (absl::StartsWith(line, "#")) continue;
    absl::Status status;
    if (absl::StartsWith(line, kHeading)) {
      status = finish();
      name = std::string(absl::StripPrefix(line, kHeading));
    } else {
      status = parser.Line(line);
    }
    if (!status.ok()) {
      return absl::InvalidArgumentError(absl::StrCat("line ", number, ": ", status.message()));
    }
  }
  RETURN_IF_ERROR(finish());
  if (wording.templates_.count(kFooter) == 0) return absl::InvalidArgumentError("no footer");
  wording.footer_ = wording.templates_.extract(kFooter).mapped().blocks.front().text;
  for (int kind = 0; kind < kKinds; ++kind) {
    const std::string kind_name(ToString(static_cast<Kind>(kind)));
    if (wording.templates_.count(kind_name) == 0) {
      return absl::InvalidArgumentError(absl::StrCat("there is no ", kind_name));
    }
  }
  if (wording.templates_.size() != kKinds) {
    return absl::InvalidArgumentError("there are templates that are for no kind of notice");
  }
  return wording;
}

absl::StatusOr<LetterWriter> LetterWriter::Create() {
  ASSIGN_OR_RETURN(Wording english, Wording::Parse(templates::kEnglish));
  ASSIGN_OR_RETURN(Wording french, Wording::Parse(templates::kFrench));
  return LetterWriter({std::move(english), std::move(french)});
}

Letter LetterWriter::Write(const Notice& notice, Language language, absl::string_view clinic_name,
                           absl::string_view link) const {
  const Wording& words = wording(language);
  const Wording::Template& form = words.Of(notice.kind);
  const Values values = ValuesOf(notice, language, clinic_name);
  Letter letter{.subject = Fill(form.subject, values)};
  std::string body;
  for (const Wording::Block& block : form.blocks) {
    const bool is_button = block.form == Wording::Form::kButton;
    if (!IsComplete(block.text, values) || (is_button && link.empty())) continue;
    absl::StrAppend(&letter.text, TextOf(block, values, link), "\n\n");
    absl::StrAppend(&body, HtmlOf(block, values, link), "\n");
  }
  absl::StrAppend(&letter.text, "-- \n", Wrap(words.footer()), "\n");
  letter.html = absl::StrReplaceAll(templates::kFrame, {{"{language}", ToString(language)},
                                                        {"{subject}", Escape(letter.subject)},
                                                        {"{body}", body},
                                                        {"{footer}", Escape(words.footer())}});
  return letter;
}

}  // namespace portal::messaging
