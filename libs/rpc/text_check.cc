#include "libs/rpc/text_check.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "libs/status/errors.h"

namespace portal::rpc {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

class Checker {
 public:
  void Visit(const Message& message, const std::string& prefix) {
    const google::protobuf::Reflection& reflection = *message.GetReflection();
    std::vector<const FieldDescriptor*> fields;
    reflection.ListFields(message, &fields);
    for (const FieldDescriptor* field : fields) {
      const int count = field->is_repeated() ? reflection.FieldSize(message, field) : 1;
      for (int i = 0; i < count; ++i) VisitValue(message, *field, i, prefix);
    }
  }

  absl::Status ToStatus() const { return violations_.ToStatus(); }

 private:
  void VisitValue(const Message& message, const FieldDescriptor& field, int index,
                  const std::string& prefix) {
    const google::protobuf::Reflection& reflection = *message.GetReflection();
    if (field.type() == FieldDescriptor::TYPE_STRING) {
      std::string scratch;
      const std::string& text =
          field.is_repeated()
              ? reflection.GetRepeatedStringReference(message, &field, index, &scratch)
              : reflection.GetStringReference(message, &field, &scratch);
      if (text.find('\0') != std::string::npos) {
        violations_.Add(absl::StrCat(prefix, field.name()), "must not contain NUL");
      }
    } else if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      Visit(field.is_repeated() ? reflection.GetRepeatedMessage(message, &field, index)
                                : reflection.GetMessage(message, &field),
            absl::StrCat(prefix, field.name(), "."));
    }
  }

  status::FieldViolations violations_;
};

}  // namespace

absl::Status CheckTexts(const Message& message) {
  Checker checker;
  checker.Visit(message, "");
  return checker.ToStatus();
}

}  // namespace portal::rpc
