"""Reads matrix.txt."""

from dataclasses import dataclass
from pathlib import Path
from typing import Optional

# What an answer in the table stands for: the reason of the refusal.
REASONS: dict[str, Optional[str]] = {
    "ok": None,
    "sign": "PASSPORT_MISSING",
    "staff": "NOT_STAFF_OF_CLINIC",
    "role": "ROLE_NOT_ALLOWED",
    "grant": "PATIENT_NOT_FOUND",
    "bad": "PASSPORT_INVALID",
}
# The table's headings, as World.people() calls them. "bad" stands for several callers.
COLUMNS = {
    "nobody": "nobody",
    "account": "account",
    "other": "other",
    "granted": "granted",
    "revoked": "revoked",
    "owner": "owner",
    "pract": "practitioner",
    "desk": "front_desk",
    "owner'": "owner_elsewhere",
    "pract'": "practitioner_elsewhere",
    "desk'": "front_desk_elsewhere",
    "bad": "bad",
}


@dataclass(frozen=True)
class Row:
    """What is expected of one method."""

    services: frozenset[str]
    # By caller; None for a call that succeeds.
    reasons: dict[str, Optional[str]]

    def best(self) -> Optional[str]:
        """A person with a passport who may call, if anyone may."""
        allowed = [caller for caller, reason in self.reasons.items() if reason is None]
        signed_in = [caller for caller in allowed if caller not in ("nobody", "bad")]
        return (signed_in or allowed or [None])[0]


def read(path: Path) -> dict[str, Row]:
    """The table by method. A row may continue on the next line."""
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line.strip() and line[0] != "#"]
    heading = lines[0].split()
    words = [word for line in lines[1:] for word in line.split()]
    if heading != ["method", "services", *COLUMNS]:
        raise ValueError(f"{path}: the columns should be {list(COLUMNS)}")
    width = len(heading)
    if len(words) % width:
        raise ValueError(f"{path}: a row is not complete")
    rows: dict[str, Row] = {}
    for start in range(0, len(words), width):
        method, services, *answers = words[start : start + width]
        if method in rows:
            raise ValueError(f"{path}: {method} has two rows")
        reasons = {COLUMNS[column]: REASONS[answer] for column, answer in zip(COLUMNS, answers)}
        rows[method] = Row(frozenset(services.split(",")), reasons)
    return rows
