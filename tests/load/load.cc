// Keeps a number of calls of one method outstanding for some time, decodes and checks every answer,
// and prints one line of JSON: calls a second, latencies, and failures by code. A wrong answer is a
// failure.

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdio>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "grpcpp/create_channel.h"
#include "libs/rpc/channel.h"
#include "libs/rpc/tls.h"
#include "nlohmann/json.hpp"
#include "portal/records/v1/patient_service.grpc.pb.h"
#include "portal/testing/v1/probe_service.grpc.pb.h"

ABSL_FLAG(std::string, address, "", "host:port of the server.");
ABSL_FLAG(std::string, method, "", "GetMyPatient or Echo.");
ABSL_FLAG(std::string, tls_certificate, "", "The caller's certificate; empty: plain text.");
ABSL_FLAG(std::string, tls_key, "", "See --tls_certificate.");
ABSL_FLAG(std::string, tls_ca, "", "See --tls_certificate.");
ABSL_FLAG(std::string, server_uri, "", "The URI that the server's certificate must name.");
ABSL_FLAG(std::string, passport_file, "", "Holds the passport to send.");
ABSL_FLAG(std::string, patient_ids_file, "", "One patient id a line, to ask for at random.");
ABSL_FLAG(int, outstanding, 64, "Calls under way at any time.");
ABSL_FLAG(int, connections, 4, "Connections they are spread over.");
ABSL_FLAG(absl::Duration, warm_up, absl::Seconds(1), "Not measured.");
ABSL_FLAG(absl::Duration, duration, absl::Seconds(8), "Measured.");

namespace portal {
namespace {

// One call: starts it, and says by `done` how it ended: "OK" or what went wrong. Nothing of the
// call remains by then, see libs/rpc/grant_checker.cc.
using Done = std::function<void(std::string)>;
using Call = std::function<void(int connection, Done done)>;

std::string ReadFile(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::vector<std::string> ReadLines(const std::string& path) {
  std::ifstream file(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

std::vector<std::shared_ptr<grpc::Channel>> Channels() {
  const rpc::TlsFiles tls{.certificate = absl::GetFlag(FLAGS_tls_certificate),
                          .key = absl::GetFlag(FLAGS_tls_key),
                          .ca = absl::GetFlag(FLAGS_tls_ca)};
  std::vector<std::shared_ptr<grpc::Channel>> channels;
  for (int i = 0; i < absl::GetFlag(FLAGS_connections); ++i) {
    grpc::ChannelArguments arguments;
    arguments.SetInt("portal.connection", i);  // otherwise gRPC shares one connection
    channels.push_back(grpc::CreateCustomChannel(
        absl::GetFlag(FLAGS_address),
        tls.certificate.empty() ? grpc::InsecureChannelCredentials()
                                : rpc::ChannelCredentials(tls, absl::GetFlag(FLAGS_server_uri)),
        arguments));
  }
  return channels;
}

std::string Outcome(const grpc::Status& status, bool right) {
  if (!status.ok()) return absl::StrCat("code ", status.error_code());
  return right ? "OK" : "wrong answer";
}

template <typename Service>
std::vector<std::unique_ptr<typename Service::Stub>> Stubs() {
  std::vector<std::unique_ptr<typename Service::Stub>> stubs;
  for (const auto& channel : Channels()) stubs.push_back(Service::NewStub(channel));
  return stubs;
}

Call EchoCall() {
  using testing::v1::ProbeService;
  struct State {
    grpc::ClientContext context;
    testing::v1::ProbeRequest request;
    testing::v1::ProbeResponse response;
  };
  auto stubs =
      std::make_shared<std::vector<std::unique_ptr<ProbeService::Stub>>>(Stubs<ProbeService>());
  return [stubs](int connection, Done done) {
    auto state = std::make_shared<State>();
    state->request.set_text("0188a5d0-0000-7000-8000-000000000003");
    state->context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(5)));
    (*stubs)[connection]->async()->CallPublic(
        &state->context, &state->request, &state->response,
        [state, done = std::move(done)](const grpc::Status& status) mutable {
          std::string outcome = Outcome(status, state->response.text() == state->request.text());
          state.reset();
          done(std::move(outcome));
        });
  };
}

Call GetMyPatientCall() {
  using records::v1::PatientService;
  struct State {
    grpc::ClientContext context;
    records::v1::GetMyPatientRequest request;
    records::v1::PatientProfile response;
  };
  auto stubs =
      std::make_shared<std::vector<std::unique_ptr<PatientService::Stub>>>(Stubs<PatientService>());
  return [stubs, passport = ReadFile(absl::GetFlag(FLAGS_passport_file)),
          ids = ReadLines(absl::GetFlag(FLAGS_patient_ids_file))](int connection, Done done) {
    thread_local std::minstd_rand random(std::random_device{}());
    auto state = std::make_shared<State>();
    state->request.set_patient_id(ids[random() % ids.size()]);
    state->context.AddMetadata(rpc::kPassportKey, passport);
    state->context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(5)));
    (*stubs)[connection]->async()->GetMyPatient(
        &state->context, &state->request, &state->response,
        [state, done = std::move(done)](const grpc::Status& status) mutable {
          std::string outcome =
              Outcome(status, state->response.patient_id() == state->request.patient_id() &&
                                  !state->response.family_name().empty());
          state.reset();
          done(std::move(outcome));
        });
  };
}

// Runs the load; one instance for one measurement.
class Run {
 public:
  explicit Run(Call call)
      : call_(std::move(call)),
        measured_from_(absl::Now() + absl::GetFlag(FLAGS_warm_up)),
        ends_at_(measured_from_ + absl::GetFlag(FLAGS_duration)) {}

  nlohmann::json Measure() {
    const int outstanding = absl::GetFlag(FLAGS_outstanding);
    running_ = outstanding;
    for (int i = 0; i < outstanding; ++i) Issue(i % absl::GetFlag(FLAGS_connections));
    std::unique_lock lock(mutex_);
    finished_.wait(lock, [this] { return running_ == 0; });
    return Report();
  }

 private:
  void Issue(int connection) {
    const absl::Time start = absl::Now();
    call_(connection, [this, connection, start](const std::string& outcome) {
      if (Ended(start, outcome)) return;
      Issue(connection);
    });
  }

  // Whether this chain of calls is over.
  bool Ended(absl::Time start, const std::string& outcome) {
    const absl::Time now = absl::Now();
    std::lock_guard lock(mutex_);
    if (now >= measured_from_ && now < ends_at_) {
      ++outcomes_[outcome];
      if (outcome == "OK") latencies_us_.push_back(absl::ToInt64Microseconds(now - start));
    }
    if (now < ends_at_) return false;
    if (--running_ == 0) finished_.notify_all();
    return true;
  }

  nlohmann::json Report() {
    std::sort(latencies_us_.begin(), latencies_us_.end());
    const auto percentile = [this](double part) -> int64_t {
      if (latencies_us_.empty()) return 0;
      return latencies_us_[static_cast<size_t>(part * (latencies_us_.size() - 1))];
    };
    return {{"calls_per_second",
             latencies_us_.size() / absl::ToDoubleSeconds(absl::GetFlag(FLAGS_duration))},
            {"p50_us", percentile(0.5)},
            {"p99_us", percentile(0.99)},
            {"outcomes", outcomes_}};
  }

  const Call call_;
  const absl::Time measured_from_;
  const absl::Time ends_at_;
  std::mutex mutex_;
  std::condition_variable finished_;
  int running_ = 0;
  std::map<std::string, int64_t> outcomes_;
  std::vector<int64_t> latencies_us_;
};

int Main() {
  const std::string method = absl::GetFlag(FLAGS_method);
  if (method != "Echo" && method != "GetMyPatient") {
    std::fprintf(stderr, "--method must be Echo or GetMyPatient\n");
    return 2;
  }
  Run run(method == "Echo" ? EchoCall() : GetMyPatientCall());
  std::printf("%s\n", run.Measure().dump().c_str());
  return 0;
}

}  // namespace
}  // namespace portal

int main(int argc, char** argv) {
  absl::ParseCommandLine(argc, argv);
  return portal::Main();
}
