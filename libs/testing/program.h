#ifndef LIBS_TESTING_PROGRAM_H_
#define LIBS_TESTING_PROGRAM_H_

#include <string>
#include <vector>

namespace portal::testing {

struct ProgramResult {
  int exit_code;       // 128 + signal if killed
  std::string output;  // stdout and stderr
};

// Runs a program found on PATH to its end, with empty input.
ProgramResult RunProgram(const std::vector<std::string>& command);

// The same; throws std::runtime_error with its output unless it exits with 0. Returns the output.
std::string RunProgramOrThrow(const std::vector<std::string>& command);

// Where a file of the repository is for a test that lists it in `data`.
std::string RunfilePath(const std::string& path);

}  // namespace portal::testing

#endif  // LIBS_TESTING_PROGRAM_H_
