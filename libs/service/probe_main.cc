// The process of a service without methods, for runtime_test.cc. It is asked to end before it
// starts, so it ends by itself wherever it would wait: for its database or for calls.

#include <unistd.h>

#include <csignal>
#include <memory>

#include "libs/service/runtime.h"
#include "libs/status/status_macros.h"

namespace portal::service {
namespace {

absl::Status Run() {
  kill(getpid(), SIGTERM);
  ASSIGN_OR_RETURN(const std::unique_ptr<Runtime> runtime,
                   Runtime::Open({.name = "probe",
                                  .add_schema = [](db::PoolOptions&) {},
                                  .migrations = {{.project = "foundation",
                                                  .changes = {"audit", "outbox", "idempotency"},
                                                  .known_contracts = {}}}}));
  return runtime->Serve({}, {});
}

}  // namespace
}  // namespace portal::service

int main(int argc, char** argv) {
  return portal::service::Main("probe", argc, argv, portal::service::Run);
}
