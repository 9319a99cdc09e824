#include "services/messaging/mail/message.h"

#include <gmime/gmime.h>

#include <memory>
#include <mutex>
#include <utility>

#include "absl/strings/str_cat.h"

namespace portal::messaging {
namespace {

// GMime's objects are counted references.
template <typename T>
using Owned = std::unique_ptr<T, decltype(&g_object_unref)>;

template <typename T>
Owned<T> Own(T* object) {
  return Owned<T>(object, &g_object_unref);
}

// Not a GMimeTextPart: that one chooses the charset by itself.
Owned<GMimePart> PartOf(const char* subtype, const std::string& text) {
  Owned<GMimePart> part = Own(g_mime_part_new_with_type("text", subtype));
  g_mime_object_set_content_type_parameter(GMIME_OBJECT(part.get()), "charset", "utf-8");
  const Owned<GMimeStream> stream =
      Own(g_mime_stream_mem_new_with_buffer(text.data(), text.size()));
  const Owned<GMimeDataWrapper> content =
      Own(g_mime_data_wrapper_new_with_stream(stream.get(), GMIME_CONTENT_ENCODING_DEFAULT));
  g_mime_part_set_content(part.get(), content.get());
  // Short lines of ASCII, whatever is in it, and legible.
  g_mime_part_set_content_encoding(part.get(), GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE);
  return part;
}

Owned<GMimeMultipart> BodyOf(const Letter& letter, const id::Uuid& event_id) {
  Owned<GMimeMultipart> body = Own(g_mime_multipart_new_with_subtype("alternative"));
  // "=_" cannot occur in quoted-printable text.
  g_mime_multipart_set_boundary(body.get(), absl::StrCat("=_", event_id.ToString()).c_str());
  // The last one is the one that mail programs prefer.
  for (const auto& [subtype, text] : {std::pair("plain", &letter.text), {"html", &letter.html}}) {
    g_mime_multipart_add(body.get(), GMIME_OBJECT(PartOf(subtype, *text).get()));
  }
  return body;
}

void SetDate(GMimeMessage* message, absl::Time date) {
  GDateTime* time = g_date_time_new_from_unix_utc(absl::ToUnixSeconds(date));
  g_mime_message_set_date(message, time);
  g_date_time_unref(time);
}

std::string ToString(GMimeMessage* message) {
  GMimeFormatOptions* format = g_mime_format_options_new();
  g_mime_format_options_set_newline_format(format, GMIME_NEWLINE_FORMAT_DOS);
  char* text = g_mime_object_to_string(GMIME_OBJECT(message), format);
  std::string result(text);
  g_free(text);
  g_mime_format_options_free(format);
  return result;
}

}  // namespace

std::string Sender::domain() const { return address.text().substr(address.text().rfind('@') + 1); }

std::string WriteMessage(const Letter& letter, const Sender& sender, const Address& to,
                         const id::Uuid& event_id, absl::Time date) {
  static std::once_flag initialized;
  std::call_once(initialized, g_mime_init);
  const Owned<GMimeMessage> message = Own(g_mime_message_new(/*pretty_headers=*/TRUE));
  g_mime_message_add_mailbox(message.get(), GMIME_ADDRESS_TYPE_FROM, sender.name.c_str(),
                             sender.address.text().c_str());
  g_mime_message_add_mailbox(message.get(), GMIME_ADDRESS_TYPE_TO, nullptr, to.text().c_str());
  g_mime_message_set_subject(message.get(), letter.subject.c_str(), "utf-8");
  SetDate(message.get(), date);
  g_mime_message_set_message_id(message.get(),
                                absl::StrCat(event_id.ToString(), "@", sender.domain()).c_str());
  // RFC 3834: no "out of office" comes back.
  g_mime_object_set_header(GMIME_OBJECT(message.get()), "Auto-Submitted", "auto-generated",
                           "utf-8");
  g_mime_message_set_mime_part(message.get(), GMIME_OBJECT(BodyOf(letter, event_id).get()));
  return ToString(message.get());
}

}  // namespace portal::messaging
