"""Bad luck: PostgreSQL or a service dies while the others go on. Calls fail in time and with a reason, everything comes
back by itself, nothing that was acknowledged is lost or done twice, and nothing of it all is in the logs.

    PORTAL_FAULT_ROUNDS=20      more rounds of killing under load than the few of the normal run
    PORTAL_REVOCATIONS=100000   more races between a revocation and the reads around it
"""

from tests.faults.operator import OperatorTest
from tests.faults.outages import DatabaseOutageTest, ServiceOutageTest
from tests.faults.promises import PromiseTest
from tests.faults.renewal import RenewalTest
from tests.faults.revocation import RevocationTest
from tests.support.leaks import LogTest
from tests.support.stage import play

if __name__ == "__main__":
    play(ServiceOutageTest, DatabaseOutageTest, RenewalTest, OperatorTest, RevocationTest, PromiseTest, LogTest)
