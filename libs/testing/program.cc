#include "libs/testing/program.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <stdexcept>

extern char** environ;

namespace portal::testing {

ProgramResult RunProgram(const std::vector<std::string>& command) {
  int pipe_ends[2];
  if (pipe2(pipe_ends, O_CLOEXEC) != 0) throw std::runtime_error("pipe2 failed");
  std::vector<char*> arguments;
  for (const std::string& argument : command) {
    arguments.push_back(const_cast<char*>(argument.c_str()));
  }
  arguments.push_back(nullptr);

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, pipe_ends[1], STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, pipe_ends[1], STDERR_FILENO);
  pid_t pid;
  const int error = posix_spawnp(&pid, arguments[0], &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  close(pipe_ends[1]);
  if (error != 0) {
    close(pipe_ends[0]);
    throw std::runtime_error("cannot run " + command[0] + ": " + std::strerror(error));
  }

  ProgramResult result;
  char buffer[4096];
  ssize_t size;
  while ((size = read(pipe_ends[0], buffer, sizeof(buffer))) > 0 || (size < 0 && errno == EINTR)) {
    if (size > 0) result.output.append(buffer, size);
  }
  close(pipe_ends[0]);
  int status;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  result.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return result;
}

std::string RunProgramOrThrow(const std::vector<std::string>& command) {
  ProgramResult result = RunProgram(command);
  if (result.exit_code != 0) {
    std::string line;
    for (const std::string& argument : command) line += argument + " ";
    throw std::runtime_error(line + "exited with " + std::to_string(result.exit_code) + ":\n" +
                             result.output);
  }
  return std::move(result.output);
}

std::string RunfilePath(const std::string& path) {
  const char* sources = std::getenv("TEST_SRCDIR");
  const char* workspace = std::getenv("TEST_WORKSPACE");
  // Started by hand, in the workspace's root.
  if (sources == nullptr || workspace == nullptr) return path;
  return std::string(sources) + "/" + workspace + "/" + path;
}

}  // namespace portal::testing
