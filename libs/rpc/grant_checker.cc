#include "libs/rpc/grant_checker.h"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "grpcpp/client_context.h"
#include "libs/auth/passport_token.h"
#include "libs/rpc/limits.h"
#include "libs/status/errors.h"
#include "portal/access_code/v1/grant_service.grpc.pb.h"

namespace portal::rpc {
namespace {

using access_code::v1::CheckGrantsRequest;
using access_code::v1::CheckGrantsResponse;
using access_code::v1::GrantService;

// A grant check takes well under a millisecond; a caller is told soon that access_code does not
// answer.
constexpr absl::Duration kBudget = absl::Seconds(2);
// The contract's limit.
constexpr int kMaxQuestions = 100;
// A passport of a person with many memberships has 8 KiB; a request stays well below the limit of
// its receiver.
constexpr size_t kMaxBatchBytes = 256 * 1024;
// One under way while the next one fills: the busier, the larger.
constexpr int kMaxBatches = 2;
// Two seconds' worth at 2,000 checks a second; with the longest passports 32 MiB.
constexpr size_t kMaxWaiting = 4000;

struct Question {
  std::string passport;
  std::string patient_id;
  std::function<void(absl::Status)> done;
  absl::Time asked_at;
};

// One call of CheckGrants.
struct Batch {
  grpc::ClientContext client;
  CheckGrantsRequest request;
  CheckGrantsResponse response;
  std::vector<std::function<void(absl::Status)>> waiting;
};

absl::Status OutcomeOf(const grpc::Status& status, const CheckGrantsResponse& response,
                       int question, int questions) {
  if (!status.ok() || response.answers_size() != questions) {
    return status::DependencyUnavailable("access_code");
  }
  switch (response.answers(question)) {
    case access_code::v1::GRANT_ANSWER_GRANTED:
      return absl::OkStatus();
    case access_code::v1::GRANT_ANSWER_NOT_GRANTED:
      return PatientNotFound();
    case access_code::v1::GRANT_ANSWER_PASSPORT_INVALID:  // it expired on the way: not an outage
      return auth::PassportInvalid();
    default:
      return status::DependencyUnavailable("access_code");
  }
}

// Questions that arrive while calls are under way go together in the next one: alone, a question
// waits for nobody; under load, a hundred share one call's cost.
class Remote final : public GrantChecker {
 public:
  explicit Remote(std::shared_ptr<grpc::Channel> channel) : stub_(GrantService::NewStub(channel)) {}

  ~Remote() override {
    std::unique_lock lock(mutex_);
    closing_ = true;
    for (const std::shared_ptr<Batch>& batch : under_way_) batch->client.TryCancel();
    ended_.wait(lock, [this] { return under_way_.empty(); });
  }

  void Check(const Context& context, std::function<void(absl::Status)> done) override {
    Question question{.passport = context.passport_token(),
                      .patient_id = context.patient_id().ToString(),
                      .done = std::move(done),
                      .asked_at = absl::Now()};
    {
      std::lock_guard lock(mutex_);
      if (questions_.size() < kMaxWaiting) {
        questions_.push_back(std::move(question));
        if (under_way_.size() < kMaxBatches) Send();
        return;
      }
    }
    question.done(status::Overloaded(kOverloadRetryAfter));
  }

 private:
  // With mutex_ held and a question waiting.
  void Send() {
    auto batch = std::make_shared<Batch>();
    for (size_t bytes = 0; !questions_.empty() && batch->waiting.size() < kMaxQuestions;) {
      Question& question = questions_.front();
      bytes += question.passport.size() + question.patient_id.size();
      if (!batch->waiting.empty() && bytes > kMaxBatchBytes) break;
      access_code::v1::GrantQuestion& asked = *batch->request.add_questions();
      asked.set_passport(std::move(question.passport));
      asked.set_patient_id(std::move(question.patient_id));
      batch->waiting.push_back(std::move(question.done));
      questions_.pop_front();
    }
    batch->client.set_deadline(absl::ToChronoTime(absl::Now() + kBudget));
    under_way_.insert(batch);
    stub_->async()->CheckGrants(
        &batch->client, &batch->request, &batch->response,
        [this, batch](grpc::Status status) mutable { Answered(std::move(batch), status); });
  }

  void Answered(std::shared_ptr<Batch> batch, const grpc::Status& status) {
    const std::vector<std::function<void(absl::Status)>> waiting = std::move(batch->waiting);
    std::vector<absl::Status> outcomes;
    for (size_t i = 0; i < waiting.size(); ++i) {
      outcomes.push_back(OutcomeOf(status, batch->response, i, waiting.size()));
    }
    std::vector<std::function<void(absl::Status)>> given_up;
    {
      std::lock_guard lock(mutex_);
      given_up = TakeOverdue();
      // The call holds the channel, and gRPC cannot destroy a channel on this thread: nothing may
      // remain of it when the destructor goes on.
      under_way_.erase(batch);
      batch.reset();
      if (!questions_.empty() && !closing_) Send();
      ended_.notify_all();
    }
    for (size_t i = 0; i < waiting.size(); ++i) waiting[i](std::move(outcomes[i]));
    for (const auto& done : given_up) done(status::DependencyUnavailable("access_code"));
  }

  // Those that waited for a call as long as one may take: access_code does not answer, and whoever
  // asked is not to wait for all who asked before. With mutex_ held.
  std::vector<std::function<void(absl::Status)>> TakeOverdue() {
    const absl::Time overdue = absl::Now() - kBudget;
    std::vector<std::function<void(absl::Status)>> taken;
    while (!questions_.empty() && questions_.front().asked_at <= overdue) {
      taken.push_back(std::move(questions_.front().done));
      questions_.pop_front();
    }
    return taken;
  }

  const std::unique_ptr<GrantService::Stub> stub_;
  std::mutex mutex_;
  std::condition_variable ended_;
  std::deque<Question> questions_;
  absl::flat_hash_set<std::shared_ptr<Batch>> under_way_;
  bool closing_ = false;
};

}  // namespace

std::unique_ptr<GrantChecker> RemoteGrantChecker(std::shared_ptr<grpc::Channel> channel) {
  return std::make_unique<Remote>(std::move(channel));
}

absl::Status PatientNotFound() {
  return status::Error(absl::StatusCode::kNotFound, "PATIENT_NOT_FOUND", "no such patient");
}

}  // namespace portal::rpc
