#include "libs/telemetry/admin_server.h"

#include <httplib.h>

#include <cerrno>
#include <cstring>
#include <future>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "libs/status/errors.h"
#include "libs/status/status_macros.h"
#include "libs/telemetry/json.h"

namespace portal::telemetry {
namespace {

constexpr int kThreads = 2;
constexpr time_t kPatienceSeconds = 1;
constexpr size_t kMaxBodyBytes = 1024;

struct Address {
  std::string host;
  int port;
};

absl::StatusOr<Address> ParseAddress(absl::string_view text) {
  const size_t colon = text.rfind(':');
  Address address;
  if (colon == 0 || colon == absl::string_view::npos ||
      !absl::SimpleAtoi(text.substr(colon + 1), &address.port) || address.port < 0 ||
      address.port > 65535) {
    return status::Internal(absl::StrCat("the admin address is not host:port: ", text));
  }
  absl::string_view host = text.substr(0, colon);
  if (host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  address.host = std::string(host);
  return address;
}

// httplib's own choice, SO_REUSEPORT, would let two servers share a port unnoticed.
void ReuseAddressOnly(socket_t socket) {
  const int on = 1;
  setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
}

void AnswerJson(httplib::Response& response, int status, const std::string& body) {
  response.status = status;
  response.set_content(body, "application/json");
}

}  // namespace

AdminServer::AdminServer(AdminServerOptions options)
    : options_(std::move(options)), server_(std::make_unique<httplib::Server>()) {
  server_->set_socket_options(ReuseAddressOnly);
  server_->set_keep_alive_timeout(kPatienceSeconds);  // also the wait for a first byte
  server_->set_read_timeout(kPatienceSeconds);
  server_->set_write_timeout(kPatienceSeconds);
  server_->set_keep_alive_max_count(1);  // an idle connection would occupy a thread
  server_->set_payload_max_length(kMaxBodyBytes);
  server_->set_default_headers({{"Cache-Control", "no-store"}});
  Route();
}

void AdminServer::Route() {
  server_->set_pre_routing_handler(
      [](const httplib::Request& request, httplib::Response& response) {
        if (request.method == "GET" || request.method == "HEAD") {
          return httplib::Server::HandlerResponse::Unhandled;
        }
        response.status = 405;
        response.set_header("Allow", "GET, HEAD");
        return httplib::Server::HandlerResponse::Handled;
      });
  server_->Get("/livez", [](const httplib::Request&, httplib::Response& response) {
    AnswerJson(response, 200, "{\"status\":\"alive\"}\n");
  });
  server_->Get("/readyz", [this](const httplib::Request&, httplib::Response& response) {
    const std::vector<std::string> waiting_for = options_.not_ready();
    if (waiting_for.empty()) {
      AnswerJson(response, 200, "{\"status\":\"ready\"}\n");
      return;
    }
    std::string body = "{\"status\":\"not ready\",\"waiting_for\":[";
    for (size_t i = 0; i < waiting_for.size(); ++i) {
      if (i > 0) body.push_back(',');
      AppendJsonString(waiting_for[i], body);
    }
    AnswerJson(response, 503, body + "]}\n");
  });
  server_->Get("/metrics", [this](const httplib::Request&, httplib::Response& response) {
    response.set_content(options_.metrics->Text(), "text/plain; version=0.0.4; charset=utf-8");
  });
}

absl::StatusOr<std::unique_ptr<AdminServer>> AdminServer::Start(AdminServerOptions options) {
  ASSIGN_OR_RETURN(const Address address, ParseAddress(options.address));
  auto server = std::unique_ptr<AdminServer>(new AdminServer(std::move(options)));
  httplib::Server& http = *server->server_;

  errno = 0;
  server->port_ = address.port == 0
                      ? http.bind_to_any_port(address.host)
                      : (http.bind_to_port(address.host, address.port) ? address.port : -1);
  if (server->port_ < 0) {
    return status::Internal(absl::StrCat("cannot listen on the admin address ",
                                         server->options_.address, ": ", std::strerror(errno)));
  }

  // httplib makes its threads once it is running; a stop() before that would be lost.
  std::promise<void> running;
  http.new_task_queue = [&running]() -> httplib::TaskQueue* {
    auto* const threads = new httplib::ThreadPool(kThreads);
    running.set_value();
    return threads;
  };
  server->listener_ = std::thread([&http] { http.listen_after_bind(); });
  running.get_future().wait();
  return server;
}

AdminServer::~AdminServer() { Stop(); }

void AdminServer::Stop() {
  if (!listener_.joinable()) return;
  server_->stop();
  listener_.join();
}

}  // namespace portal::telemetry
