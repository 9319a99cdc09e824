#ifndef LIBS_NOTICE_NOTICE_H_
#define LIBS_NOTICE_NOTICE_H_

#include <memory>

#include "absl/time/time.h"
#include "grpcpp/channel.h"
#include "libs/db/session.h"
#include "libs/id/uuid.h"
#include "libs/outbox/outbox.h"
#include "libs/outbox/relay.h"
#include "libs/time/clock.h"
#include "portal/messaging/v1/notice.pb.h"

// How a service has somebody told by e-mail: a notice is an outbox event that messaging takes over.
namespace portal::notice {

inline constexpr char kTopic[] = "notice";

// Adds the notice to the transaction of its cause and returns its event id, the one that messaging
// and operators know it by.
id::Uuid Append(db::Transaction& transaction, const outbox::Outbox& outbox,
                const messaging::v1::Notice& notice);

// Entries of messaging's directory travel as notices do: a recipient who is unknown for so long,
// and still is when messaging has been answering for so long, has none.
inline constexpr absl::Duration kLongestUnknown = absl::Hours(24);
inline constexpr absl::Duration kEntriesArrive = absl::Hours(1);

// The topic's route. A notice for somebody whom messaging does not know is tried as long as that,
// then it is one that can never be delivered: dead, for an operator, who can have it tried again
// (tools/portal dead-events). `clock` outlives the route.
outbox::Route RouteTo(std::shared_ptr<grpc::Channel> messaging,
                      const time::Clock& clock = time::SystemClock());

}  // namespace portal::notice

#endif  // LIBS_NOTICE_NOTICE_H_
