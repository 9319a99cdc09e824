"""What the databases hold, seen from behind the services: did a refused call change anything?"""

import subprocess
import threading
import time
from typing import Callable

from suite.cluster import SUPERUSER
from suite.processes import POLL_SECONDS
from suite.services import SERVICES
from suite.suite import Suite

# Refusals are meant to be audited and attempts to be counted. Everything else stays as it was.
# What triggers record of changes to other tables is there for minutes only.
LEFT_OUT = ("audit_events", "audit_batches", "attempts", "redemption_attempts", "outbox_events", "session_endings")
# What identity takes out by itself once it has expired: that such a row goes is no effect of a call. (What it keeps for
# days longer, as sessions, no test outlives.)
EXPIRING = ("email_changes", "mailbox_codes", "password_resets", "second_factor_challenges", "service_account_secrets")
# A topic that no service has a route for: such events stay.
NOBODYS_TOPIC = "of_a_test"
# Events that get delivered.
DELIVERABLE = f"topic <> '{NOBODYS_TOPIC}'"
SETTLE_SECONDS = 20.0
TABLES = f"""
    SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> ALL ('{{{",".join(LEFT_OUT)}}}')
    ORDER BY tablename
"""
EXPIRING_ROWS = " UNION ALL ".join(
    f"SELECT '{it}', hashtextextended(t::text, 0), coalesce(extract(epoch FROM expires_at), 'Infinity') FROM {it} AS t"
    for it in EXPIRING
)
END = "--end of answer--"

# Of a table its number of rows and a hash of all they hold; of one of EXPIRING each row's hash and, in seconds since
# 1970, when it expires.
Snapshot = dict[str, str | dict[str, float]]


class Ledger:
    """All databases, read as superuser."""

    def __init__(self, suite: Suite) -> None:
        self._sessions = {
            service.name: _Psql(suite.postgres.url(service.database, SUPERUSER)) for service in SERVICES
        }
        self._snapshots = {name: _snapshot_query(session) for name, session in self._sessions.items()}

    def close(self) -> None:
        """Ends the sessions."""
        for session in self._sessions.values():
            session.close()

    def query(self, service: str, sql: str) -> list[list[str]]:
        """A statement on a service's database."""
        return self._sessions[service].query(sql)

    def snapshot(self) -> Snapshot:
        """What all tables hold."""
        tables: Snapshot = {
            f"{service}.{table}": f"{count} rows, {digest}"
            for service, sql in self._snapshots.items()
            for table, count, digest in self.query(service, sql)
        }
        expiring = {f"identity.{table}": {} for table in EXPIRING}
        for table, digest, expires in self.query("identity", EXPIRING_ROWS):
            expiring[f"identity.{table}"][digest] = float(expires)
        return tables | expiring

    def settle(self) -> None:
        """Waits until what earlier changes caused has been delivered."""
        wait_until(lambda: not any(self._undelivered(name) for name in self._sessions), SETTLE_SECONDS,
                   "the outboxes to be delivered")

    def deliver_now(self) -> None:
        """As settle(), without waiting for the leases of services that were killed while delivering, nor between
        attempts that failed while nobody was there."""
        for name in self._sessions:
            self.query(name, f"UPDATE outbox_events SET available_at = now() WHERE {DELIVERABLE}")
        self.settle()

    def forget_attempts(self) -> None:
        """Lets everybody try again: limits are other tests' matter."""
        self.query("identity", "DELETE FROM attempts")
        self.query("access_code", "DELETE FROM redemption_attempts")

    def _undelivered(self, service: str) -> bool:
        return self.query(service, f"SELECT count(*) FROM outbox_events WHERE {DELIVERABLE}") != [["0"]]


def differences(before: Snapshot, after: Snapshot) -> list[str]:
    """The tables that are not as they were."""
    now = time.time()
    return [f"{table}: {before[table]} → {after[table]}" for table in before
            if _lasting(before[table], after[table], now) != after[table]]


def _lasting(rows: str | dict[str, float], left: str | dict[str, float], now: float) -> str | dict[str, float]:
    """What there was, without the rows that are gone because they expired."""
    if isinstance(rows, str):
        return rows
    return {digest: expires for digest, expires in rows.items() if digest in left or expires > now}


def wait_until(holds: Callable[[], bool], seconds: float, what: str) -> None:
    """Waits for a condition; fails if it takes longer than it may."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {seconds:.0f} s for {what}")
        time.sleep(POLL_SECONDS)


def _snapshot_query(session: "_Psql") -> str:
    tables = [row[0] for row in session.query(TABLES) if row[0] not in EXPIRING]
    selects = [f"SELECT '{it}', count(*), coalesce(sum(hashtextextended(t::text, 0)), 0) FROM {it} AS t" for it in tables]
    # Of deliveries, only that they were asked for: how often they were tried changes by itself.
    selects.append("SELECT 'outbox_events', count(*), coalesce(sum(hashtextextended(event_id::text || topic, 0)), 0) "
                   "FROM outbox_events")
    return " UNION ALL ".join(selects)


class _Psql:
    """One psql that stays: starting one for each statement would take most of a test's time. Thread-safe."""

    def __init__(self, url: str) -> None:
        self._process = subprocess.Popen(
            ["/usr/bin/psql", "-X", "-q", "-A", "-t", "-F", "\x1f", "-v", "ON_ERROR_STOP=1", "-d", url],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        self._lock = threading.Lock()

    def query(self, sql: str) -> list[list[str]]:
        """Rows as text; no value may contain a line end."""
        with self._lock:
            self._process.stdin.write(f"{sql};\n\\echo {END}\n")
            self._process.stdin.flush()
            rows = []
            for line in self._process.stdout:
                if line.rstrip("\n") == END:
                    return rows
                rows.append(line.rstrip("\n").split("\x1f"))
        raise AssertionError(f"psql ended at: {sql}")

    def close(self) -> None:
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait()
