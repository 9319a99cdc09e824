#ifndef LIBS_RPC_STREAM_H_
#define LIBS_RPC_STREAM_H_

#include <functional>
#include <memory>
#include <optional>
#include <variant>

#include "absl/status/statusor.h"
#include "google/protobuf/message.h"

namespace portal::rpc {

// What a stream says when it is asked for its next message.
struct StreamEnd {};   // that was all: the call ends OK
struct StreamWait {};  // nothing yet: ask again after the waker was called

// The untyped face of Stream, for the adapter.
class AnyStream {
 public:
  using Next = std::variant<std::unique_ptr<google::protobuf::Message>, StreamEnd, StreamWait>;

  virtual ~AnyStream() = default;

  // One short job on the method's lane: never waits. Called again when the last message has been
  // written, so a slow reader holds neither a worker nor more than one message.
  virtual absl::StatusOr<Next> NextMessage() = 0;

  // Before the first NextMessage(): `waker` may be called from any thread, also after the stream is
  // gone.
  virtual void OnWake(std::function<void()> waker) { (void)waker; }
};

// A server stream of `Response`. Destroyed when the call ends, however it ends.
template <class Response>
class Stream : public AnyStream {
 public:
  using NextResponse = std::variant<Response, StreamEnd, StreamWait>;

  virtual absl::StatusOr<NextResponse> Next() = 0;

  absl::StatusOr<AnyStream::Next> NextMessage() final {
    absl::StatusOr<NextResponse> next = Next();
    if (!next.ok()) return next.status();
    if (auto* response = std::get_if<Response>(&*next)) {
      return AnyStream::Next(std::make_unique<Response>(std::move(*response)));
    }
    if (std::holds_alternative<StreamWait>(*next)) return AnyStream::Next(StreamWait{});
    return AnyStream::Next(StreamEnd{});
  }
};

}  // namespace portal::rpc

#endif  // LIBS_RPC_STREAM_H_
