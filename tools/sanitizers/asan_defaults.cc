// LeakSanitizer's suppressions, linked into every program built with --config=asan. Only leaks of
// Debian's libraries are named here, by the function that leaks, never our own code.

extern "C" const char* __lsan_default_suppressions() {
  // libpqxx 6.4.5 forgets the PGresult of a statement during which the server hangs up: 2 kB for
  // each lost connection.
  // c-ares 1.18 forgets the name when gRPC resolves "localhost": 10 bytes for each attempt.
  return "leak:PQmakeEmptyPGresult\n"
         "leak:libcares.so\n";
}
