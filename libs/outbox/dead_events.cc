// dead_events: the events of a service's outbox that nobody could take.
//
//   dead_events --database_url=...
//   dead_events --database_url=... --replay=EVENT_ID --operator_name=USER@HOST
//   dead_events --database_url=... --discard=EVENT_ID --operator_name=USER@HOST
//
// Prints one line for each: id, topic, attempts, when it died, why. With --replay it has one tried
// again, with --discard it erases one; both are audited. Exit code 0; 1: there is no such dead
// event; 2: it could not look.

#include <cstdio>
#include <optional>
#include <string>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "libs/audit/event.h"
#include "libs/audit/queries.h"
#include "libs/db/pool.h"
#include "libs/id/uuid.h"
#include "libs/outbox/queries.h"
#include "libs/status/status_macros.h"
#include "libs/time/clock.h"

ABSL_FLAG(std::string, database_url, "",
          "libpq connection string or URI of the service's database");
ABSL_FLAG(std::string, replay, "", "id of the dead event that is to be tried again");
ABSL_FLAG(std::string, discard, "", "id of the dead event that is to be erased");
ABSL_FLAG(std::string, operator_name, "", "who does that, user@host: for the audit trail");

namespace portal::outbox {
namespace {

constexpr int kPage = 100;

absl::Status List(db::Pool& pool) {
  id::Uuid after;
  for (int listed = kPage; listed == kPage;) {
    ASSIGN_OR_RETURN(listed, pool.Read([&](db::Session& session) -> absl::StatusOr<int> {
      int rows = 0;
      for (const db::Row& row : session.Exec(queries::kListDeadOutboxEvents, after, kPage)) {
        after = row.Uuid("event_id");
        absl::PrintF("%s %s %d %s %s\n", after.ToString(), row.Text("topic"), row.Int64("attempts"),
                     absl::FormatTime(absl::RFC3339_sec, row.Time("dead_us"), absl::UTCTimeZone()),
                     row.OptionalText("last_error_code").value_or(""));
        ++rows;
      }
      return rows;
    }));
  }
  return absl::OkStatus();
}

// What an operator does to a dead event.
struct Change {
  absl::string_view flag;
  const char* action;  // as it is audited
  const char* done;    // as it is told
};

constexpr Change kReplay = {"replay", "outbox.ReplayEvent", "it is tried again"};
constexpr Change kDiscard = {"discard", "outbox.DiscardEvent", "it is erased"};

// Whether there was such a dead event.
absl::StatusOr<bool> Apply(db::Pool& pool, const Change& change, const id::Uuid& event_id) {
  const time::Clock& clock = time::SystemClock();
  return pool.Transact([&](db::Transaction& transaction) -> absl::StatusOr<bool> {
    const db::Rows changed =
        change.flag == kReplay.flag
            ? transaction.Exec(queries::kReviveOutboxEvent, event_id, clock.Now())
            : transaction.Exec(queries::kDiscardDeadOutboxEvent, event_id);
    if (changed.affected() == 0) return false;
    audit::Event event;
    event.actor_kind = audit::ActorKind::kOperator;
    event.source_address = absl::GetFlag(FLAGS_operator_name);
    event.action = change.action;
    event.resource_kind = "outbox_event";
    event.resource_id = event_id.ToString();
    RETURN_IF_ERROR(audit::Append(transaction, clock, {event}));
    return true;
  });
}

absl::StatusOr<bool> Run() {
  if (absl::GetFlag(FLAGS_database_url).empty()) {
    return absl::InvalidArgumentError("--database_url is needed");
  }
  const std::string replay = absl::GetFlag(FLAGS_replay);
  const std::string discard = absl::GetFlag(FLAGS_discard);
  const bool only_lists = replay.empty() && discard.empty();
  db::Pool pool({.conninfo = absl::GetFlag(FLAGS_database_url),
                 .application_name = "dead_events",
                 .size = 1,
                 .read_only = only_lists,
                 .queries = {queries::kAll, audit::queries::kAll}});
  if (only_lists) {
    RETURN_IF_ERROR(List(pool));
    return true;
  }
  if (!replay.empty() && !discard.empty()) {
    return absl::InvalidArgumentError("--replay and --discard exclude each other");
  }
  const Change& change = replay.empty() ? kDiscard : kReplay;
  const std::optional<id::Uuid> event_id = id::Uuid::Parse(replay.empty() ? discard : replay);
  if (!event_id.has_value()) {
    return absl::InvalidArgumentError(absl::StrCat("--", change.flag, " is not an event's id"));
  }
  if (absl::GetFlag(FLAGS_operator_name).empty()) {
    return absl::InvalidArgumentError(absl::StrCat("--", change.flag, " needs --operator_name"));
  }
  ASSIGN_OR_RETURN(const bool found, Apply(pool, change, *event_id));
  absl::PrintF("%s\n", found ? change.done : "there is no such dead event");
  return found;
}

int Main() {
  const absl::StatusOr<bool> done = Run();
  if (!done.ok()) {
    absl::FPrintF(stderr, "dead_events: %s\n", done.status().message());
    return 2;
  }
  return *done ? 0 : 1;
}

}  // namespace
}  // namespace portal::outbox

int main(int argc, char** argv) {
  absl::SetProgramUsageMessage("the events of an outbox that nobody could take");
  absl::ParseCommandLine(argc, argv);
  return portal::outbox::Main();
}
