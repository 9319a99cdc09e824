#ifndef LIBS_TESTING_FUZZ_H_
#define LIBS_TESTING_FUZZ_H_

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "absl/strings/string_view.h"

// A fuzz target (portal_fuzz_test) reads one input of any bytes and says what holds for each:
//
//   FUZZ_TARGET(input) { FUZZ_EXPECT(Parse(Parse(input)) == Parse(input)); }
//
// In an ordinary build its test reads the seeds beside it, and among them whatever was found
// before; tools/fuzz lets libFuzzer make inputs.
#define FUZZ_TARGET(input)                                                   \
  static void FuzzOne(absl::string_view input);                              \
  extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) { \
    FuzzOne(absl::string_view(reinterpret_cast<const char*>(bytes), size));  \
    return 0;                                                                \
  }                                                                          \
  static void FuzzOne(absl::string_view input)

// Ends the program if `condition` does not hold.
#define FUZZ_EXPECT(condition)                                                     \
  do {                                                                             \
    if (!(condition)) {                                                            \
      std::fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition); \
      std::abort();                                                                \
    }                                                                              \
  } while (false)

#endif  // LIBS_TESTING_FUZZ_H_
