#ifndef LIBS_TESTING_POSTGRES_PROXY_H_
#define LIBS_TESTING_POSTGRES_PROXY_H_

#include <atomic>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace portal::testing {

// Stands between a client and PostgreSQL and loses the connection at the worst moment. Failures to
// set it up throw std::runtime_error. Thread-safe.
class PostgresProxy {
 public:
  enum class Loss {
    kNone,
    kBeforeCommit,  // PostgreSQL never sees COMMIT, and rolls back when it notices the loss
    kDuringCommit,  // PostgreSQL sees COMMIT while the client has lost the connection already
    kAfterCommit,   // PostgreSQL has committed, its answer is lost
  };

  // `url`: one of a TestDatabase.
  explicit PostgresProxy(const std::string& url);
  ~PostgresProxy();
  PostgresProxy(const PostgresProxy&) = delete;
  PostgresProxy& operator=(const PostgresProxy&) = delete;

  // For clients, instead of the one given.
  const std::string& url() const { return url_; }

  // The next COMMIT that any client sends is lost like this, once.
  void LoseNextCommit(Loss loss) { loss_ = loss; }

 private:
  void Accept();
  void Serve(int client);

  std::string folder_;
  std::string target_;  // PostgreSQL's socket
  std::string url_;
  int listener_ = -1;
  std::atomic<Loss> loss_ = Loss::kNone;
  std::atomic<bool> stopping_ = false;
  std::thread acceptor_;
  std::vector<std::thread> servers_;  // of acceptor_, until it has ended
};

}  // namespace portal::testing

#endif  // LIBS_TESTING_POSTGRES_PROXY_H_
