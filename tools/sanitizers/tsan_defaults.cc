// ThreadSanitizer's options and suppressions, linked into every program built with --config=tsan,
// so that they do not depend on the folder a program runs in. Debian's libraries are not
// instrumented: TSan sees neither their locks nor their memory ordering and takes what they do for
// races. Only such libraries are named here, never our own code.

extern "C" const char* __tsan_default_options() {
  return "ignore_noninstrumented_modules=1:halt_on_error=1:second_deadlock_stack=1";
}

extern "C" const char* __tsan_default_suppressions() {
  return "called_from_lib:libgrpc.so\n"
         "called_from_lib:libgrpc++.so\n"
         "called_from_lib:libprotobuf.so\n"
         "called_from_lib:libupb.so\n"
         "race:libgrpc.so\n"
         "race:libgrpc++.so\n"
         "race:libupb.so\n"
         "race:libabsl_\n"
         "race:libprotobuf.so\n"
         // gRPC's C++ templates are compiled into our programs, their locking is not.
         "race:^grpc::internal::\n"
         "race:^grpc::Server\n"
         "race:^grpc::CallbackServerContext\n";
}
