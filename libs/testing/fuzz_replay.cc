// What a fuzz target's test does where no libFuzzer is: reads the inputs it is given, whole and cut
// off at every byte.

#include <cstdint>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size);

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "no inputs\n");
    return 1;
  }
  for (int i = 1; i < argc; ++i) {
    std::ifstream file(argv[i], std::ios::binary);
    const std::string input{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    if (!file) {
      std::fprintf(stderr, "%s: cannot be read\n", argv[i]);
      return 1;
    }
    for (size_t size = 0; size <= input.size(); ++size) {
      // A copy of its own, so that a sanitizer sees a read behind its end.
      const std::string part = input.substr(0, size);
      LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(part.data()), part.size());
    }
  }
  std::printf("%d inputs\n", argc - 1);
  return 0;
}
