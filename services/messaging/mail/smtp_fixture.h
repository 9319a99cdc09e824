#ifndef SERVICES_MESSAGING_MAIL_SMTP_FIXTURE_H_
#define SERVICES_MESSAGING_MAIL_SMTP_FIXTURE_H_

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "libs/testing/pki.h"
#include "libs/testing/program.h"
#include "services/messaging/mail/smtp.h"

namespace portal::messaging {

// A mail server in a process of its own: smtp_server.py.
class MailServer {
 public:
  static constexpr char kUser[] = "portal";
  static constexpr char kPassword[] = "correct horse battery staple";

  // `arguments`: of smtp_server.py, besides its files.
  explicit MailServer(std::vector<std::string> arguments = {}) : arguments_(std::move(arguments)) {
    std::string pattern = absl::StrCat(std::getenv("TEST_TMPDIR"), "/smtp-XXXXXX");
    folder_ = mkdtemp(pattern.data());
    std::filesystem::create_directory(folder_ / "mails");
    pki_ = std::make_unique<testing::Pki>(folder_ / "pki");
    Start();
  }
  ~MailServer() {
    Stop();
    std::filesystem::remove_all(folder_);
  }
  MailServer(const MailServer&) = delete;
  MailServer& operator=(const MailServer&) = delete;

  // On the same port as before.
  void Start() {
    const rpc::TlsFiles files = pki_->FilesOf("mail");
    std::vector<std::string> command = {
        "/usr/bin/python3",
        testing::RunfilePath("services/messaging/mail/smtp_server.py"),
        absl::StrCat("--port=", port_),
        absl::StrCat("--folder=", (folder_ / "mails").string()),
        absl::StrCat("--certificate=", files.certificate),
        absl::StrCat("--key=", files.key)};
    command.insert(command.end(), arguments_.begin(), arguments_.end());
    std::vector<char*> argv;
    for (std::string& argument : command) argv.push_back(argument.data());
    argv.push_back(nullptr);
    int in[2], out[2];
    ASSERT_EQ(pipe2(in, O_CLOEXEC), 0);
    ASSERT_EQ(pipe2(out, O_CLOEXEC), 0);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in[0], 0);
    posix_spawn_file_actions_adddup2(&actions, out[1], 1);
    ASSERT_EQ(posix_spawn(&pid_, argv[0], &actions, nullptr, argv.data(), environ), 0);
    posix_spawn_file_actions_destroy(&actions);
    close(in[0]);
    close(out[1]);
    lifeline_ = in[1];
    std::FILE* said = fdopen(out[0], "r");
    const int read = std::fscanf(said, "ready %d", &port_);
    std::fclose(said);
    ASSERT_EQ(read, 1) << "the mail server did not start";
  }

  // As a crash does.
  void Stop() {
    if (pid_ <= 0) return;
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
    close(lifeline_);
    pid_ = -1;
  }

  // Options that reach it, over STARTTLS and without signing in.
  SmtpOptions Options() const {
    return {.url = absl::StrCat("smtp://localhost:", port_),
            .ca = pki_->FilesOf("mail").ca,
            .ehlo_name = "portal.example.org"};
  }
  SmtpOptions SigningIn(const std::string& user = kUser,
                        const std::string& password = kPassword) const {
    SmtpOptions options = Options();
    options.user_file = WriteFile("user", user + "\n");
    options.password_file = WriteFile("password", password + "\n");
    return options;
  }
  std::string WriteFile(const std::string& name, const std::string& content) const {
    const std::filesystem::path path = folder_ / name;
    std::ofstream(path) << content;
    return path;
  }

  int port() const { return port_; }

  // What it took, oldest first.
  std::vector<std::string> Mails() const {
    std::set<std::filesystem::path> paths;
    for (const auto& entry : std::filesystem::directory_iterator(folder_ / "mails")) {
      if (entry.path().extension() == ".eml") paths.insert(entry.path());
    }
    std::vector<std::string> mails;
    for (const std::filesystem::path& path : paths) mails.push_back(Read(path));
    return mails;
  }
  // A line for each mail: EHLO name, client port, user, "tls" or "clear".
  std::string Log() const { return Read(folder_ / "mails" / "log"); }

 private:
  static std::string Read(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  const std::vector<std::string> arguments_;
  std::filesystem::path folder_;
  std::unique_ptr<testing::Pki> pki_;
  int port_ = 0;
  pid_t pid_ = -1;
  int lifeline_ = -1;
};

}  // namespace portal::messaging

#endif  // SERVICES_MESSAGING_MAIL_SMTP_FIXTURE_H_
