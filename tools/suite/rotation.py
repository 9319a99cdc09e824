"""`tools/portal rotate-keys`: replaces keys and certificates while the services run, so that no request fails.

Every kind goes the same way: what is new is put where those who must know it read it; then the services are looked at
(portal_key_loaded, portal_key_active, the certificate they present) until all of them have; only then is it used; and
what is old goes once nothing depends on it. How far it came is in the files alone, so a rotation that was interrupted
anywhere is completed by the next one. See docs/adr/0015-key-rotation.md.
"""

import time
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Callable, Iterable, Optional

from suite import keys
from suite.errors import SuiteError
from suite.processes import POLL_SECONDS
from suite.services import CALLERS, NAMES
from suite.suite import Suite, Tell

# The flag by which a service knows a folder of keys.
RINGS = {
    "passport_signing": "passport_signing_keys",
    "passport_public": "passport_public_keys",
    "code_peppers": "code_peppers",
    "sealing": "sealing_keys",
    "audit_signing": "audit_signing_keys",
}
# A service reads its files every second or two.
NOTICE_SECONDS = 30.0
# libs/auth/passport_token.h: kPassportLifetime; the rest is for what was on its way.
PASSPORT_SECONDS = 60.0 + 2.0
# No call that read the key before its successor came goes on for so long.
CALL_OVERLAP = timedelta(minutes=1)
# A page token, of which nobody keeps a list, opens as long as its key is there: a day is ample for turning a page.
SEALING_OVERLAP = timedelta(hours=24)

# All that a service stores under its sealing keys says so: sealed texts (libs/crypto/sealer.cc) begin with 0x01, the
# length of the key's id and the id; an HMAC has the id in a text column of its own beside it.
REFERENCES = """
    SELECT format(CASE data_type
                      WHEN 'bytea' THEN 'SELECT count(*), %L FROM %I WHERE substring(%I FROM 1 FOR {size}) = {header}'
                      ELSE 'SELECT count(*), %L FROM %I WHERE %I = {key_id}'
                  END, table_name || '.' || column_name, table_name, column_name)
    FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
    WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND table_name <> 'audit_batches'
      AND (data_type = 'bytea' OR data_type = 'text' AND column_name LIKE '%key\\_id')
    ORDER BY 1
"""
LIVE_CODES = """
    SELECT count(*), 'access_codes that can still be redeemed' FROM access_codes
    WHERE pepper_id = {key_id} AND redeemed_at IS NULL AND cancelled_at IS NULL AND expires_at > now()
"""


class Rotation:
    """One run. `tell` gets a line for each step."""

    def __init__(self, suite: Suite, tell: Tell) -> None:
        self._suite = suite
        self._tell = tell

    def rotate(self, kinds: Iterable[str]) -> None:
        """Rotates these kinds, of KINDS, one after the other."""
        for kind in kinds:
            KINDS[kind](self)

    def retire(self) -> None:
        """Removes the old keys that nothing depends on any more, and adds none."""
        self._retire_peppers()
        self._retire_sealing()

    # Passports: the public half everywhere, then the private one to identity; the old public half when the last
    # passport that it checks has expired.

    def passport(self) -> None:
        """Replaces the key that identity signs passports with."""
        signing, public = self._folder("passport_signing"), self._folder("passport_public")
        staged = self._folder("passport_staged")
        if not keys.key_files(staged) and len(keys.key_files(signing)) == 1 and not self._retired_passport_keys():
            keys.add_signing_key(staged, keys.new_key_id(keys.key_files(public)))
        for key_id, private in keys.key_files(staged).items():
            keys.publish(private, public)
            self._until(lambda key_id=key_id: all(key_id in self._loaded(name, public) for name in NAMES),
                        f"every service to know the passport key {key_id}")
            private.replace(signing / private.name)
        *old, active = keys.key_files(signing)
        self._until(lambda: self._is_active("identity", signing, active), f"identity to sign with {active}")
        for key_id in old:
            keys.key_files(signing)[key_id].unlink()
        self._tell(f"passports: {active} signs")
        retired = self._retired_passport_keys()
        if retired:
            self._tell(f"passports: waiting {PASSPORT_SECONDS:.0f} s until those signed before have expired")
            expired = time.monotonic() + PASSPORT_SECONDS
            self._until(lambda: time.monotonic() >= expired, "passports to expire", PASSPORT_SECONDS + NOTICE_SECONDS)
        for path in retired:
            path.unlink()
            self._tell(f"passports: {path.stem} is removed")

    def _retired_passport_keys(self) -> list[Path]:
        """Public halves whose private ones are gone. A later one than all private ones is yet to be used."""
        private, public = (keys.key_files(self._folder(name)) for name in ("passport_signing", "passport_public"))
        return [path for key_id, path in public.items() if key_id not in private and key_id < max(private)]

    # Peppers and sealing keys: new codes and texts are made under the newest, the others are kept for what they made.

    def peppers(self) -> None:
        """Adds a pepper for new access codes."""
        self._retire_peppers()
        self._add("access_code", self._folder("access_code", "code_peppers"))

    def sealing(self) -> None:
        """Adds a sealing key to each service."""
        self._retire_sealing()
        for name in NAMES:
            self._add(name, self._folder(name, "sealing"))

    def _add(self, name: str, folder: Path) -> None:
        key_id = keys.add_symmetric_key(folder)
        self._until(lambda: self._is_active(name, folder, key_id), f"{name} to use the {folder.name} key {key_id}")
        self._tell(f"{name}: {folder.name} key {key_id} is in use")

    def _retire_peppers(self) -> None:
        self._retire("access_code", self._folder("access_code", "code_peppers"), CALL_OVERLAP, lambda: [LIVE_CODES])

    def _retire_sealing(self) -> None:
        for name in NAMES:
            self._retire(name, self._folder(name, "sealing"), SEALING_OVERLAP,
                         lambda name=name: [row[0] for row in self._suite.query(name, REFERENCES)])

    def _retire(self, name: str, folder: Path, overlap: timedelta, questions: Callable[[], list[str]]) -> None:
        """Removes the old keys that nothing stored depends on, some time after their successors came."""
        *old, active = keys.key_files(folder)
        for key_id, successor in zip(old, [*old[1:], active]):
            began = keys.created_at(successor)
            if not self._is_active(name, folder, active) or began is None or _now() - began < overlap:
                self._tell(f"{name}: {folder.name} key {key_id} stays until {overlap} after its successor came")
                continue
            needed = self.needed_for(name, key_id, questions())
            if needed is None:
                keys.key_files(folder)[key_id].unlink()
            self._tell(f"{name}: {folder.name} key {key_id} " + (f"stays for {needed}" if needed else "is removed"))

    def needed_for(self, name: str, key_id: str, questions: Iterable[str]) -> Optional[str]:
        """The first of these counts that is not 0, and of what; None if nothing stored names the key."""
        header = bytes([1, len(key_id)]) + key_id.encode()
        values = {"key_id": f"'{key_id}'", "size": len(header), "header": rf"'\x{header.hex()}'::bytea"}
        for question in questions:
            [[count, what]] = self._suite.query(name, question.format(**values))
            if count != "0":
                return f"{count} of {what}"
        return None

    # Audit: checkpoints are checked with the public halves, which are kept for as long as the trail.

    def audit(self) -> None:
        """Replaces the keys that the services sign their audit trails with."""
        for name in NAMES:
            signing, public = self._folder(name, "audit_signing"), self._folder(name, "audit_public")
            staged = self._folder(name, "audit_staged")
            if not keys.key_files(staged) and len(keys.key_files(signing)) == 1:
                keys.add_signing_key(staged, keys.new_key_id(keys.key_files(public)))
            for private in keys.key_files(staged).values():
                keys.publish(private, public)
                private.replace(signing / private.name)
            *old, active = keys.key_files(signing)
            self._until(lambda: self._is_active(name, signing, active),  # pylint: disable=cell-var-from-loop
                        f"{name} to seal with {active}")
            for key_id in old:
                keys.key_files(signing)[key_id].unlink()
            self._tell(f"{name}: audit key {active} seals")

    # Certificates: both CAs are trusted everywhere before anybody shows a certificate of the new one, and until
    # nobody shows one of the old.

    def certificates(self) -> None:
        """Replaces the CA and every certificate."""
        authority = self._suite.certificates
        if not authority.rollover_is_promoted():
            authority.start_rollover()
            # Twice: a service may have read the CAs just before the first and its certificate just after. Who shows
            # the second one has read both since.
            self._distribute()
            self._distribute()
            self._tell("certificates: every service trusts the new CA beside the old one")
            authority.promote()
        self._distribute()
        self._tell("certificates: every service shows one of the new CA")
        authority.finish_rollover()
        self._distribute()
        self._tell("certificates: the old CA is trusted no more")

    def _distribute(self) -> None:
        made = self._suite.certificates.distribute([*NAMES, *CALLERS])
        for name in NAMES:
            self._until(lambda name=name: _same(self._suite.served_certificate(name), made[name]),
                        f"{name} to show its new certificate")

    # What they share.

    def _folder(self, *names: str) -> Path:
        folder = self._suite.keys.joinpath(*names)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder

    def _loaded(self, name: str, folder: Path) -> dict[str, bool]:
        return self._suite.loaded_keys(name).get(RINGS[folder.name], {})

    def _is_active(self, name: str, folder: Path, key_id: str) -> bool:
        return self._loaded(name, folder).get(key_id, False)

    def _until(self, holds: Callable[[], bool], what: str, seconds: float = NOTICE_SECONDS) -> None:
        deadline = time.monotonic() + seconds
        while not holds():
            if time.monotonic() > deadline:
                raise SuiteError(f"waited {seconds:.0f} s in vain for {what}; the same command takes it up again")
            time.sleep(POLL_SECONDS)


def _now() -> datetime:
    return datetime.now(timezone.utc)


def _same(one: str, other: str) -> bool:
    return one.split() == other.split()


KINDS = {
    "peppers": Rotation.peppers,
    "sealing": Rotation.sealing,
    "audit": Rotation.audit,
    "certificates": Rotation.certificates,
    # Last: it waits for a minute.
    "passport": Rotation.passport,
}
