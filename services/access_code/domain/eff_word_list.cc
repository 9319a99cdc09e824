#include "services/access_code/domain/eff_word_list.h"

#include <fstream>
#include <iterator>

namespace portal::access_code {

std::string ReadEffWordListFile() {
  std::ifstream file(kEffWordListPath);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

WordList EffWordList() { return WordList::Parse(ReadEffWordListFile()).value(); }

}  // namespace portal::access_code
