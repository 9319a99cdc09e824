// Keeps a number of calls of one method outstanding for some time, decodes and checks every answer,
// and prints one line of JSON: calls a second, latencies, and outcomes. A wrong answer is a
// failure.
//
// The requests come from a file, one a line, in columns parted by tabs: the request's bytes as
// base64, the passport, the client's address, and what the answer's field --answer_field has to be;
// empty columns are not sent. Repeated fields are joined by commas; "*" stands for anything but an
// empty text.

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/dynamic_message.h>
#include <google/protobuf/message.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdio>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/generic/generic_stub.h"
#include "grpcpp/impl/codegen/proto_utils.h"
#include "libs/rpc/channel.h"
#include "libs/rpc/tls.h"
#include "nlohmann/json.hpp"

ABSL_FLAG(std::string, address, "", "host:port of the server.");
ABSL_FLAG(std::string, contracts, "", "A FileDescriptorSet that has the method.");
ABSL_FLAG(std::string, method, "", "portal.records.v1.PatientService/GetMyPatient, say.");
ABSL_FLAG(std::string, requests, "", "The file of requests.");
ABSL_FLAG(std::string, answer_field, "", "Of the answer; fields of fields are parted by dots.");
ABSL_FLAG(bool, once, false,
          "Each request is sent once, in their order, and the run ends with them; otherwise they "
          "are drawn at random.");
ABSL_FLAG(std::string, tls_certificate, "", "The caller's certificate; empty: plain text.");
ABSL_FLAG(std::string, tls_key, "", "See --tls_certificate.");
ABSL_FLAG(std::string, tls_ca, "", "See --tls_certificate.");
ABSL_FLAG(std::string, server_uri, "", "The URI that the server's certificate must name.");
ABSL_FLAG(int, outstanding, 64, "Calls under way at any time.");
ABSL_FLAG(int, connections, 4, "Connections they are spread over.");
ABSL_FLAG(absl::Duration, warm_up, absl::Seconds(1), "Not measured.");
ABSL_FLAG(absl::Duration, duration, absl::Seconds(8), "Measured.");

namespace portal {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr absl::Duration kDeadline = absl::Seconds(5);

struct Request {
  grpc::ByteBuffer bytes;
  std::string passport;
  std::string client_address;
  std::string expected;
};

std::vector<Request> ReadRequests(const std::string& path) {
  std::ifstream file(path);
  std::vector<Request> requests;
  for (std::string line; std::getline(file, line);) {
    const std::vector<std::string> columns = absl::StrSplit(line, '\t');
    std::string bytes;
    if (columns.size() != 4 || !absl::Base64Unescape(columns[0], &bytes)) return {};
    const grpc::Slice slice(bytes);
    requests.push_back({grpc::ByteBuffer(&slice, 1), columns[1], columns[2], columns[3]});
  }
  return requests;
}

// The answers of one method.
class Contract {
 public:
  // nullptr unless the file has the method, and its answer the field.
  static std::unique_ptr<Contract> Read(const std::string& path, const std::string& method,
                                        const std::string& answer_field) {
    std::ifstream file(path, std::ios::binary);
    google::protobuf::FileDescriptorSet set;
    if (!set.ParseFromIstream(&file)) return nullptr;
    auto contract = std::make_unique<Contract>();
    for (const auto& proto : set.file()) {
      if (contract->pool_.BuildFile(proto) == nullptr) return nullptr;
    }
    const auto* found = contract->pool_.FindMethodByName(
        absl::StrJoin(std::vector<std::string>(absl::StrSplit(method, '/')), "."));
    if (found == nullptr) return nullptr;
    const Descriptor* type = found->output_type();
    contract->prototype_ = contract->factory_.GetPrototype(type);
    for (const absl::string_view name : absl::StrSplit(answer_field, '.')) {
      const FieldDescriptor* field =
          type == nullptr ? nullptr : type->FindFieldByName(std::string(name));
      if (field == nullptr) return nullptr;
      contract->path_.push_back(field);
      type = field->message_type();
    }
    return type == nullptr ? std::move(contract) : nullptr;
  }

  // Whether an answer can be decoded and its field is as expected.
  bool IsRight(grpc::ByteBuffer& answer, const std::string& expected) const {
    const std::unique_ptr<Message> message(prototype_->New());
    if (!grpc::GenericDeserialize<grpc::ProtoBufferReader, Message>(&answer, message.get()).ok()) {
      return false;
    }
    std::vector<std::string> values;
    Collect(*message, 0, values);
    const std::string value = absl::StrJoin(values, ",");
    return expected == "*" ? !value.empty() : value == expected;
  }

 private:
  void Collect(const Message& message, size_t depth, std::vector<std::string>& values) const {
    const FieldDescriptor* field = path_[depth];
    const auto& reflection = *message.GetReflection();
    if (!field->is_repeated()) return CollectOne(message, field, std::nullopt, depth, values);
    for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
      CollectOne(message, field, i, depth, values);
    }
  }

  void CollectOne(const Message& message, const FieldDescriptor* field, std::optional<int> index,
                  size_t depth, std::vector<std::string>& values) const {
    const auto& reflection = *message.GetReflection();
    switch (field->cpp_type()) {
      case FieldDescriptor::CPPTYPE_MESSAGE:
        return Collect(index.has_value() ? reflection.GetRepeatedMessage(message, field, *index)
                                         : reflection.GetMessage(message, field),
                       depth + 1, values);
      case FieldDescriptor::CPPTYPE_ENUM:
        values.push_back((index.has_value() ? reflection.GetRepeatedEnum(message, field, *index)
                                            : reflection.GetEnum(message, field))
                             ->name());
        return;
      case FieldDescriptor::CPPTYPE_STRING:
        values.push_back(index.has_value() ? reflection.GetRepeatedString(message, field, *index)
                                           : reflection.GetString(message, field));
        return;
      default:
        return;  // nothing to compare: no expectation is met
    }
  }

  google::protobuf::DescriptorPool pool_;
  google::protobuf::DynamicMessageFactory factory_;
  const Message* prototype_ = nullptr;
  std::vector<const FieldDescriptor*> path_;
};

// Sends one request on one of the connections, and says by `done` how that ended: "OK" or what went
// wrong. Nothing of the call remains by then, see libs/rpc/grant_checker.cc.
class Caller {
 public:
  using Done = std::function<void(std::string)>;

  Caller(std::unique_ptr<Contract> contract, std::string method)
      : contract_(std::move(contract)), path_(absl::StrCat("/", std::move(method))) {
    const rpc::TlsFiles tls{.certificate = absl::GetFlag(FLAGS_tls_certificate),
                            .key = absl::GetFlag(FLAGS_tls_key),
                            .ca = absl::GetFlag(FLAGS_tls_ca)};
    for (int i = 0; i < absl::GetFlag(FLAGS_connections); ++i) {
      grpc::ChannelArguments arguments;
      arguments.SetInt("portal.connection", i);  // otherwise gRPC shares one connection
      stubs_.push_back(std::make_unique<grpc::GenericStub>(grpc::CreateCustomChannel(
          absl::GetFlag(FLAGS_address),
          tls.certificate.empty() ? grpc::InsecureChannelCredentials()
                                  : rpc::ChannelCredentials(tls, absl::GetFlag(FLAGS_server_uri)),
          arguments)));
    }
  }

  void Call(int connection, const Request& request, Done done) {
    struct State {
      grpc::ClientContext context;
      grpc::ByteBuffer answer;
    };
    auto state = std::make_shared<State>();
    if (!request.passport.empty()) state->context.AddMetadata(rpc::kPassportKey, request.passport);
    if (!request.client_address.empty()) {
      state->context.AddMetadata(rpc::kClientAddressKey, request.client_address);
    }
    state->context.set_deadline(absl::ToChronoTime(absl::Now() + kDeadline));
    stubs_[connection]->UnaryCall(
        &state->context, path_, {}, &request.bytes, &state->answer,
        [this, state, &request, done = std::move(done)](const grpc::Status& status) mutable {
          std::string outcome = "OK";
          if (!status.ok()) {
            outcome = absl::StrCat("code ", status.error_code(), ": ", status.error_message());
          } else if (!contract_->IsRight(state->answer, request.expected)) {
            outcome = "wrong answer";
          }
          state.reset();
          done(std::move(outcome));
        });
  }

 private:
  const std::unique_ptr<Contract> contract_;
  const std::string path_;
  std::vector<std::unique_ptr<grpc::GenericStub>> stubs_;
};

// Runs the load; one instance for one measurement.
class Run {
 public:
  Run(Caller& caller, const std::vector<Request>& requests)
      : caller_(caller),
        requests_(requests),
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
    const Request* request = Next();
    if (request == nullptr) return End();
    const absl::Time start = absl::Now();
    caller_.Call(connection, *request, [this, connection, start](const std::string& outcome) {
      if (Count(start, outcome)) return End();
      Issue(connection);
    });
  }

  // The request to send next; nullptr if all were.
  const Request* Next() {
    thread_local std::minstd_rand random(std::random_device{}());
    if (!absl::GetFlag(FLAGS_once)) return &requests_[random() % requests_.size()];
    const size_t next = next_.fetch_add(1);
    if (next < requests_.size()) return &requests_[next];
    std::lock_guard lock(mutex_);
    ends_at_ = std::min(ends_at_, absl::Now());
    return nullptr;
  }

  // Whether this chain of calls is over.
  bool Count(absl::Time start, const std::string& outcome) {
    const absl::Time now = absl::Now();
    std::lock_guard lock(mutex_);
    ++calls_;
    if (outcome != "OK") ++failures_[outcome];
    if (now >= measured_from_ && now < ends_at_ && outcome == "OK") {
      latencies_us_.push_back(absl::ToInt64Microseconds(now - start));
    }
    return now >= ends_at_;
  }

  void End() {
    std::lock_guard lock(mutex_);
    if (--running_ == 0) finished_.notify_all();
  }

  nlohmann::json Report() {
    std::sort(latencies_us_.begin(), latencies_us_.end());
    const auto percentile = [this](double part) -> int64_t {
      if (latencies_us_.empty()) return 0;
      return latencies_us_[static_cast<size_t>(part * (latencies_us_.size() - 1))];
    };
    const double seconds = absl::ToDoubleSeconds(ends_at_ - measured_from_);
    return {{"calls", calls_},
            {"seconds", seconds},
            {"calls_per_second", latencies_us_.size() / seconds},
            {"p50_us", percentile(0.5)},
            {"p99_us", percentile(0.99)},
            {"failures", failures_}};
  }

  Caller& caller_;
  const std::vector<Request>& requests_;
  std::atomic<size_t> next_ = 0;
  const absl::Time measured_from_;
  std::mutex mutex_;
  std::condition_variable finished_;
  absl::Time ends_at_;
  int running_ = 0;
  int64_t calls_ = 0;  // the warm-up's too
  std::map<std::string, int64_t> failures_;
  std::vector<int64_t> latencies_us_;
};

int Main() {
  const std::string method = absl::GetFlag(FLAGS_method);
  auto contract =
      Contract::Read(absl::GetFlag(FLAGS_contracts), method, absl::GetFlag(FLAGS_answer_field));
  const std::vector<Request> requests = ReadRequests(absl::GetFlag(FLAGS_requests));
  if (contract == nullptr || requests.empty()) {
    std::fprintf(stderr, "--contracts, --method, --answer_field or --requests is wrong\n");
    return 2;
  }
  Caller caller(std::move(contract), method);
  std::printf("%s\n", Run(caller, requests).Measure().dump().c_str());
  return 0;
}

}  // namespace
}  // namespace portal

int main(int argc, char** argv) {
  absl::ParseCommandLine(argc, argv);
  return portal::Main();
}
