"""The running suite as its users meet it: the main job, bad input, and what must never be seen."""

from tests.e2e.bad_input import BadInputTest
from tests.e2e.canaries import CanaryTest
from tests.e2e.footprint import DumpTest, MailTest, MemoryTest
from tests.e2e.gateway_check import GatewayCheckTest
from tests.e2e.main_job import MainJobTest
from tests.e2e.payloads import PayloadTest
from tests.e2e.together import TogetherTest
from tests.support.leaks import LogTest
from tests.support.stage import play

if __name__ == "__main__":
    # Memory first, while the suite is idle; mails, logs and databases last, when everything has happened.
    play(
        MemoryTest,
        MainJobTest,
        TogetherTest,
        GatewayCheckTest,
        BadInputTest,
        PayloadTest,
        CanaryTest,
        MailTest,
        LogTest,
        DumpTest,
    )
