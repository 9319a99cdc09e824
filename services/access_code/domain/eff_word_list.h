#ifndef SERVICES_ACCESS_CODE_DOMAIN_EFF_WORD_LIST_H_
#define SERVICES_ACCESS_CODE_DOMAIN_EFF_WORD_LIST_H_

#include <string>

#include "services/access_code/domain/word_list.h"

// For tests: the list of the Debian package `diceware`, which tools/setup installs.
namespace portal::access_code {

inline constexpr char kEffWordListPath[] =
    "/usr/lib/python3/dist-packages/diceware/wordlists/wordlist_en_eff.txt";

std::string ReadEffWordListFile();

// Fails the test process if the file is missing or unusable.
WordList EffWordList();

}  // namespace portal::access_code

#endif  // SERVICES_ACCESS_CODE_DOMAIN_EFF_WORD_LIST_H_
