"""Each rule of the include check, with what it allows and what it refuses."""

import unittest

from linters import includes


class IncludesTest(unittest.TestCase):
    """Paths and headers are the kinds found in the tree; none needs to exist."""

    def assert_allowed(self, path: str, line: str) -> None:
        self.assertEqual(includes.check_text(path, line), [])

    def assert_refused(self, path: str, line: str, reason: str) -> None:
        found = includes.check_text(path, "\n" + line)
        self.assertEqual(len(found), 1, found)
        self.assertTrue(found[0].startswith(f"{path}:2: "), found[0])
        self.assertIn(reason, found[0])

    def test_domain_knows_only_values(self) -> None:
        path = "services/records/domain/soap_chart.cc"
        self.assert_allowed(path, "#include <string>")
        self.assert_allowed(path, '#include "absl/strings/str_cat.h"')
        self.assert_allowed(path, '#include "services/records/domain/limits.h"')
        self.assert_allowed(path, '#include "libs/status/errors.h"')
        self.assert_refused(path, "#include <pqxx/pqxx>", "pqxx headers")
        self.assert_refused(path, "#include <google/protobuf/message.h>", "protobuf headers")
        self.assert_refused(path, '#include "portal/records/v1/patient.pb.h"', "not one this layer may use")
        self.assert_refused(path, '#include "libs/db/pool.h"', "not one this layer may use")
        self.assert_refused(path, "#include <chrono>", "no wall clock")
        self.assert_refused(path, "#include <unistd.h>", "operating-system")

    def test_storage_knows_databases_but_no_contract(self) -> None:
        path = "services/records/storage/patients.cc"
        self.assert_allowed(path, '#include "libs/db/pool.h"')
        self.assert_allowed(path, '#include "services/records/domain/patient.h"')
        self.assert_refused(path, '#include "services/records/rpc/patients.h"', "not one this layer may use")
        self.assert_refused(path, '#include "portal/records/v1/patient.pb.h"', "not one this layer may use")
        self.assert_refused(path, "#include <grpcpp/grpcpp.h>", "grpc headers")

    def test_no_service_includes_another(self) -> None:
        for path in ("services/records/rpc/patients.cc", "services/records/main.cc"):
            self.assert_allowed(path, '#include "portal/access_code/v1/grant_service.grpc.pb.h"')
            self.assert_refused(
                path, '#include "services/access_code/domain/grant.h"', "not one this layer may use"
            )

    def test_libraries_do_not_depend_on_services(self) -> None:
        self.assert_allowed("libs/db/pool.cc", "#include <pqxx/pqxx>")
        self.assert_refused("libs/db/pool.h", '#include "services/records/domain/patient.h"', "not one")
        self.assert_refused("libs/audit/trail.cc", "#include <pqxx/pqxx>", "pqxx headers")
        self.assert_refused("libs/db/pool.cc", '#include "portal/errors/v1/reason.pb.h"', "not one")

    def test_only_crypto_sees_the_cryptographic_libraries(self) -> None:
        self.assert_allowed("libs/crypto/random.cc", "#include <sodium.h>")
        self.assert_refused("services/identity/rpc/sign_in.cc", "#include <sodium.h>", "sodium headers")
        self.assert_refused("libs/db/pool.cc", "#include <openssl/evp.h>", "openssl headers")

    def test_only_time_reads_the_clock(self) -> None:
        self.assert_allowed("libs/time/clock.cc", '#include "absl/time/clock.h"')
        self.assert_refused("libs/db/pool.cc", '#include "absl/time/clock.h"', "libs/time/clock.h")
        self.assert_allowed("libs/db/pool_test.cc", '#include "absl/time/clock.h"')

    def test_test_headers_stay_in_tests(self) -> None:
        self.assert_allowed("services/records/domain/soap_chart_test.cc", "#include <gtest/gtest.h>")
        self.assert_allowed("services/records/storage/patients_test.cc", '#include "libs/testing/postgres.h"')
        self.assert_refused("services/records/domain/soap_chart.cc", "#include <gtest/gtest.h>", "gtest headers")
        self.assert_refused("services/records/rpc/x.cc", '#include "patients.h"', "workspace root")

    def test_folders_without_layers_are_free(self) -> None:
        self.assert_allowed("tests/load/echo.cc", "#include <grpcpp/grpcpp.h>")


if __name__ == "__main__":
    unittest.main()
