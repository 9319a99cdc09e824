#ifndef SERVICES_MESSAGING_MAIL_LETTER_H_
#define SERVICES_MESSAGING_MAIL_LETTER_H_

#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/messaging/domain/language.h"
#include "services/messaging/domain/notice.h"

namespace portal::messaging {

// What a mail says, as text and as HTML. Lines end with "\n".
struct Letter {
  std::string subject;
  std::string text;
  std::string html;
};

// The wording of one language: a file of templates/, see ../README.md.
class Wording {
 public:
  // A paragraph, a button that leads to the notice's link, or a code to be read at a glance.
  enum class Form { kParagraph, kButton, kDisplay };
  struct Block {
    Form form;
    std::string text;
  };
  struct Template {
    std::string subject;
    std::vector<Block> blocks;

    // The names that stand in braces in it.
    std::set<std::string> Placeholders() const;
  };

  // An error says, for whoever edits the file, which line is wrong. Templates for kinds that there
  // are not are wrong, too; Of() is for those that there are.
  static absl::StatusOr<Wording> Parse(absl::string_view file);

  const Template& Of(Kind kind) const { return templates_.at(std::string(ToString(kind))); }
  const std::string& footer() const { return footer_; }

 private:
  std::map<std::string, Template> templates_;
  std::string footer_;
};

// What a template's braces are filled in with. A paragraph with an empty one is left out.
using Values = std::map<std::string, std::string>;

// Writes letters. Thread-safe.
class LetterWriter {
 public:
  // From templates/. An error is a mistake in those files; the test of this class finds it.
  static absl::StatusOr<LetterWriter> Create();

  // `clinic_name`: of the notice's clinic. `link`: where the notice leads; empty: nowhere.
  Letter Write(const Notice& notice, Language language, absl::string_view clinic_name,
               absl::string_view link) const;

  const Wording& wording(Language language) const {
    return wordings_[static_cast<size_t>(language)];
  }

 private:
  explicit LetterWriter(std::vector<Wording> wordings) : wordings_(std::move(wordings)) {}

  const std::vector<Wording> wordings_;  // in the order of kLanguages
};

}  // namespace portal::messaging

#endif  // SERVICES_MESSAGING_MAIL_LETTER_H_
