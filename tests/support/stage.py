"""Starts the suite once for all tests of a program."""

import sys
import unittest

from suite.suite import Suite
from tests.support.world import World


class WorldTest(unittest.TestCase):
    """A test in the world that play() made."""

    world: World


def play(*cases: type[WorldTest]) -> None:
    """Runs the cases of a test program in this order and exits. Names on the command line choose among them."""

    def load_tests(loader: unittest.TestLoader, *_: object) -> unittest.TestSuite:
        return unittest.TestSuite(loader.loadTestsFromTestCase(case) for case in cases)

    sys.modules["__main__"].load_tests = load_tests
    with Suite.start() as suite:
        WorldTest.world = World(suite)
        try:
            program = unittest.main(exit=False)
        finally:
            WorldTest.world.close()
    sys.exit(not program.result.wasSuccessful())
