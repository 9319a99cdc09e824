"""Reads matrix.txt and scopes.txt."""

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
# Columns that are not written by hand: service accounts, as World.people() calls them.
SCOPED, UNSCOPED, SCOPED_ELSEWHERE = "service_account", "service_account_unscoped", "service_account_elsewhere"
ALL_SCOPES = ("PATIENTS_READ", "PATIENTS_WRITE", "CHARTS_READ", "CHARTS_WRITE", "PLANS_READ", "ACCESS_WRITE")


@dataclass(frozen=True)
class Row:
    """What is expected of one method."""

    services: frozenset[str]
    # By caller; None for a call that succeeds.
    reasons: dict[str, Optional[str]]
    # Of a service account that may call; None if none may.
    scope: Optional[str] = None

    def best(self) -> Optional[str]:
        """A person with a passport who may call, if anyone may."""
        allowed = [caller for caller, reason in self.reasons.items() if reason is None]
        signed_in = [caller for caller in allowed if caller not in ("nobody", "bad")]
        return (signed_in or allowed or [None])[0]


def read(path: Path, scopes_path: Path) -> dict[str, Row]:
    """The table by method, with its columns of service accounts. A row may continue on the next line."""
    scopes = read_scopes(scopes_path)
    lines = lines_of(path)
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
        reasons |= of_service_accounts(reasons, scopes.get(method))
        rows[method] = Row(frozenset(services.split(",")), reasons, scopes.get(method))
    if scopes.keys() - rows.keys():
        raise ValueError(f"{scopes_path}: not in {path.name}: {scopes.keys() - rows.keys()}")
    return rows


def read_scopes(path: Path) -> dict[str, str]:
    """The scope by method."""
    scopes = dict(line.split() for line in lines_of(path))
    if not set(scopes.values()) <= set(ALL_SCOPES):
        raise ValueError(f"{path}: unknown scopes: {set(scopes.values()) - set(ALL_SCOPES)}")
    return scopes


def of_service_accounts(persons: dict[str, Optional[str]], scope: Optional[str]) -> dict[str, Optional[str]]:
    """What service accounts are answered, where persons are answered this."""
    if persons["nobody"] is None:  # nobody looks who it is
        return dict.fromkeys((SCOPED, UNSCOPED, SCOPED_ELSEWHERE))
    if persons["account"] != REASONS["staff"]:  # a person's own matter
        if scope is not None:
            raise ValueError("only methods of staff have scopes")
        return dict.fromkeys((SCOPED, UNSCOPED, SCOPED_ELSEWHERE), "SERVICE_ACCOUNT_NOT_ALLOWED")
    refused = "SERVICE_ACCOUNT_NOT_ALLOWED" if scope is None else None
    return {
        SCOPED: refused,
        UNSCOPED: refused or "SCOPE_NOT_ALLOWED",
        SCOPED_ELSEWHERE: REASONS["staff"],
    }


def lines_of(path: Path) -> list[str]:
    """The lines that are neither empty nor comments."""
    return [line for line in path.read_text(encoding="utf-8").splitlines() if line.strip() and line[0] != "#"]
