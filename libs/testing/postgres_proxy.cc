#include "libs/testing/postgres_proxy.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <stdexcept>
#include <string_view>

namespace portal::testing {
namespace {

constexpr char kSocket[] = "/.s.PGSQL.5432";
// How soon a thread notices that the proxy goes away.
constexpr int kPollMs = 20;

sockaddr_un Address(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof(address.sun_path)) throw std::runtime_error(path + " is too long");
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  return address;
}

bool SendAll(int fd, std::string_view data) {
  while (!data.empty()) {
    const ssize_t sent = send(fd, data.data(), data.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    data.remove_prefix(static_cast<size_t>(sent));
  }
  return true;
}

// What came in; empty when the other side has closed.
std::string Receive(int fd) {
  std::string data(64 * 1024, '\0');
  const ssize_t size = recv(fd, data.data(), data.size(), 0);
  data.resize(size > 0 ? static_cast<size_t>(size) : 0);
  return data;
}

// A simple query message: 'Q', length 11, the text with its NUL.
bool IsCommit(std::string_view data) {
  using namespace std::string_view_literals;
  return data.find(
             "Q\0\0\0\x0b"
             "COMMIT\0"sv) != std::string_view::npos;
}

}  // namespace

PostgresProxy::PostgresProxy(const std::string& url) {
  const size_t host = url.find("?host=");
  if (host == std::string::npos) throw std::runtime_error("no unix socket in " + url);
  char folder[] = "/tmp/portal-proxy-XXXXXX";
  if (mkdtemp(folder) == nullptr) throw std::runtime_error("cannot make a folder");
  folder_ = folder;
  target_ = url.substr(host + 6) + kSocket;
  url_ = url.substr(0, host + 6) + folder_;

  const sockaddr_un address = Address(folder_ + kSocket);
  listener_ = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0 ||
      listen(listener_, 64) != 0) {
    throw std::runtime_error("cannot listen in " + folder_);
  }
  acceptor_ = std::thread([this] { Accept(); });
}

PostgresProxy::~PostgresProxy() {
  stopping_ = true;
  acceptor_.join();
  for (std::thread& server : servers_) server.join();
  close(listener_);
  std::filesystem::remove_all(folder_);
}

void PostgresProxy::Accept() {
  pollfd listening{listener_, POLLIN, 0};
  while (!stopping_) {
    if (poll(&listening, 1, kPollMs) <= 0) continue;
    const int client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client >= 0) servers_.emplace_back([this, client] { Serve(client); });
  }
}

void PostgresProxy::Serve(int client) {
  const int server = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_un address = Address(target_);
  bool open = connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
  while (open && !stopping_) {
    pollfd ends[2] = {{client, POLLIN, 0}, {server, POLLIN, 0}};
    if (poll(ends, 2, kPollMs) <= 0) continue;
    if (ends[1].revents != 0) {
      const std::string data = Receive(server);
      open = !data.empty() && SendAll(client, data);
    }
    if (open && ends[0].revents != 0) {
      const std::string data = Receive(client);
      const Loss loss = IsCommit(data) ? loss_.exchange(Loss::kNone) : Loss::kNone;
      if (loss == Loss::kDuringCommit) shutdown(client, SHUT_RDWR);
      if (loss != Loss::kBeforeCommit) open = !data.empty() && SendAll(server, data);
      if (loss != Loss::kNone) {
        if (loss != Loss::kBeforeCommit) Receive(server);  // the answer, after the commit
        open = false;
      }
    }
  }
  close(server);
  close(client);
}

}  // namespace portal::testing
