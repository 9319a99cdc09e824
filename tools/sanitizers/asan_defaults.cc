#include <openssl/crypto.h>

// LeakSanitizer's suppressions, linked into every program built with --config=asan. Only leaks of
// Debian's libraries are named here, by the function that leaks, never our own code.

extern "C" const char* __lsan_default_suppressions() {
  // libpqxx 6.4.5 forgets the PGresult of a statement during which the server hangs up: 2 kB for
  // each lost connection.
  // c-ares 1.18 forgets the name when gRPC resolves "localhost": 10 bytes for each attempt.
  return "leak:PQmakeEmptyPGresult\n"
         "leak:libcares.so\n";
}

// OpenSSL frees what it keeps for a thread when the thread ends, but no longer once its clean-up at
// the end of the process has run: gRPC's last threads end after that, and their state would be
// reported. Without the clean-up it is freed or still found. Weak: null where OpenSSL is not
// linked.
#pragma weak OPENSSL_init_crypto

__attribute__((constructor)) static void KeepOpenSslUntilTheLastThreadEnds() {
  if (OPENSSL_init_crypto != nullptr) OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT, nullptr);
}
