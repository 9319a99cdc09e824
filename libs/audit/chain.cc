#include "libs/audit/chain.h"

#include <optional>

#include "libs/crypto/digest.h"
#include "libs/crypto/encoding.h"
#include "nlohmann/json.hpp"

namespace portal::audit {
namespace {

void AppendInt(std::string& out, uint64_t value) {
  for (int shift = 56; shift >= 0; shift -= 8) out.push_back(static_cast<char>(value >> shift));
}

void AppendText(std::string& out, absl::string_view text) {
  AppendInt(out, text.size());
  out.append(text.data(), text.size());
}

// NULL differs from every text, the empty one too.
void AppendOptional(std::string& out, const std::optional<std::string>& text) {
  out.push_back(text.has_value() ? 1 : 0);
  if (text.has_value()) AppendText(out, *text);
}

std::string Head(absl::string_view what, absl::string_view trail, const Batch& batch) {
  std::string out;
  AppendText(out, kFormat);
  AppendText(out, what);
  AppendText(out, trail);
  AppendInt(out, batch.number);
  AppendInt(out, batch.event_count);
  AppendText(out, batch.previous_hash);
  return out;
}

}  // namespace

std::string GenesisHash() { return std::string(32, '\0'); }

std::string CanonicalEvent(const db::Row& row) {
  std::string out;
  AppendText(out, row.Text("event_id"));
  AppendInt(out, row.Int64("occurred_us"));
  AppendText(out, row.Text("actor_kind"));
  AppendOptional(out, row.OptionalText("actor_id"));
  AppendOptional(out, row.OptionalText("session_id"));
  AppendText(out, row.Text("calling_service"));
  AppendOptional(out, row.OptionalText("clinic_id"));
  AppendOptional(out, row.OptionalText("patient_id"));
  AppendText(out, row.Text("resource_kind"));
  AppendText(out, row.Text("resource_id"));
  AppendText(out, row.Text("action"));
  AppendText(out, row.Text("outcome"));
  AppendText(out, row.Text("source_address"));
  AppendText(out, row.Text("request_id"));
  // Events of before there were names have the form that they were sealed in. The mark cannot be
  // taken for the beginning of the next event, which is a length of eight bytes, the first zero.
  const std::string actor_name = row.Text("actor_name");
  if (!actor_name.empty()) AppendOptional(out, actor_name);
  return out;
}

std::string HashBatch(absl::string_view trail, const Batch& batch, absl::string_view events) {
  std::string text = Head("batch", trail, batch);
  text.append(events.data(), events.size());
  return crypto::Sha256(text);
}

std::string SignedText(absl::string_view trail, const Batch& batch) {
  std::string text = Head("checkpoint", trail, batch);
  AppendText(text, batch.hash);
  AppendInt(text, absl::ToUnixMicros(batch.sealed_at));
  AppendText(text, batch.key_id);
  return text;
}

Batch ToBatch(const db::Row& row) {
  return {.number = row.Int64("batch_no"),
          .event_count = row.Int64("event_count"),
          .previous_hash = row.Bytes("previous_hash"),
          .hash = row.Bytes("hash"),
          .sealed_at = row.Time("sealed_us"),
          .key_id = row.Text("key_id"),
          .signature = row.Bytes("signature")};
}

std::string ToJson(const Checkpoint& checkpoint) {
  const Batch& batch = checkpoint.batch;
  const nlohmann::json json = {{"format", std::string(kFormat)},
                               {"trail", checkpoint.trail},
                               {"batch_no", batch.number},
                               {"event_count", batch.event_count},
                               {"previous_hash", crypto::HexEncode(batch.previous_hash)},
                               {"hash", crypto::HexEncode(batch.hash)},
                               {"sealed_us", absl::ToUnixMicros(batch.sealed_at)},
                               {"key_id", batch.key_id},
                               {"signature", crypto::HexEncode(batch.signature)}};
  return json.dump();
}

absl::StatusOr<Checkpoint> ParseCheckpoint(absl::string_view line) {
  const auto malformed = [] { return absl::InvalidArgumentError("not a checkpoint"); };
  const auto json = nlohmann::json::parse(line.begin(), line.end(), nullptr, false);
  if (!json.is_object()) return malformed();
  const auto text = [&](const char* key) {
    const auto it = json.find(key);
    return it != json.end() && it->is_string() ? it->get<std::string>() : std::string();
  };
  const auto number = [&](const char* key) {
    const auto it = json.find(key);
    return it != json.end() && it->is_number_integer() ? it->get<int64_t>() : 0;
  };
  const auto bytes = [&](const char* key) {
    return crypto::HexDecode(text(key)).value_or(std::string());
  };
  Checkpoint checkpoint{.trail = text("trail"),
                        .batch = {.number = number("batch_no"),
                                  .event_count = number("event_count"),
                                  .previous_hash = bytes("previous_hash"),
                                  .hash = bytes("hash"),
                                  .sealed_at = absl::FromUnixMicros(number("sealed_us")),
                                  .key_id = text("key_id"),
                                  .signature = bytes("signature")}};
  // Writing it again catches whatever is missing, unknown or spelled differently.
  if (text("format") != kFormat || checkpoint.batch.number < 1 || ToJson(checkpoint) != line) {
    return malformed();
  }
  return checkpoint;
}

}  // namespace portal::audit
