#include "libs/audit/event.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "libs/audit/queries.h"
#include "libs/status/errors.h"
#include "libs/status/status_macros.h"

namespace portal::audit {

absl::string_view ToString(ActorKind kind) {
  switch (kind) {
    case ActorKind::kNobody:
      return "nobody";
    case ActorKind::kAccount:
      return "account";
    case ActorKind::kStaff:
      return "staff";
    case ActorKind::kServiceAccount:
      return "service_account";
    case ActorKind::kService:
      return "service";
    case ActorKind::kOperator:
      return "operator";
  }
  return "";
}

absl::Status Validate(const Event& event) {
  const std::pair<absl::string_view, const std::string&> texts[] = {
      {"calling_service", event.calling_service},
      {"resource_kind", event.resource_kind},
      {"resource_id", event.resource_id},
      {"action", event.action},
      {"outcome", event.outcome},
      {"source_address", event.source_address},
      {"request_id", event.request_id},
  };
  for (const auto& [name, text] : texts) {
    if (text.size() > kMaxTextBytes ||
        !std::all_of(text.begin(), text.end(), absl::ascii_isprint)) {
      return status::Internal(absl::StrCat("malformed ", name, " in an audit event"));
    }
  }
  // A NUL would be refused by the database, and with it every event of the same commit.
  if (event.actor_name.size() > kMaxActorNameBytes ||
      event.actor_name.find('\0') != std::string::npos) {
    return status::Internal("malformed actor_name in an audit event");
  }
  return absl::OkStatus();
}

Record NewRecord(const time::Clock& clock, Event event) {
  return {id::NewUuidV7(clock), clock.Now(), std::move(event)};
}

absl::Status Insert(db::Session& session, absl::Span<const Record> records) {
  // One array per column, so that one prepared statement takes any number of rows.
  const auto column = [&](auto get) {
    std::vector<decltype(get(records.front()))> values;
    values.reserve(records.size());
    for (const Record& record : records) values.push_back(get(record));
    return values;
  };
  const auto text = [&](auto member) {
    return column([&](const Record& record) { return record.event.*member; });
  };
  session.Exec(queries::kInsertAuditEvents, column([](const Record& r) { return r.id; }),
               column([](const Record& r) { return r.occurred_at; }),
               column([](const Record& r) { return std::string(ToString(r.event.actor_kind)); }),
               text(&Event::actor_id), text(&Event::session_id), text(&Event::calling_service),
               text(&Event::clinic_id), text(&Event::patient_id), text(&Event::resource_kind),
               text(&Event::resource_id), text(&Event::action), text(&Event::outcome),
               text(&Event::source_address), text(&Event::request_id), text(&Event::actor_name));
  return absl::OkStatus();
}

absl::Status Append(db::Session& session, const time::Clock& clock,
                    absl::Span<const Event> events) {
  if (events.empty()) return absl::OkStatus();
  std::vector<Record> records;
  records.reserve(events.size());
  for (const Event& event : events) {
    RETURN_IF_ERROR(Validate(event));
    records.push_back(NewRecord(clock, event));
  }
  return Insert(session, records);
}

}  // namespace portal::audit
