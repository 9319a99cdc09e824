// dump_schema SERVICE: what a database of the service is once migrated, as SQL on stdout. Run by
// tools/bazel/migrations.bzl in the workspace's root, so that tests need not migrate.
#include <exception>
#include <iostream>

#include "libs/testing/postgres.h"

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: dump_schema SERVICE\n";
    return 2;
  }
  try {
    std::cout << portal::testing::DumpMigratedSchema(argv[1]);
  } catch (const std::exception& error) {
    std::cerr << error.what() << "\n";
    return 1;
  }
  return 0;
}
