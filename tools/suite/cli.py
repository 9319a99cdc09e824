"""tools/portal: the suite on a developer's machine."""

import argparse
import os
import signal
import sys
import time
import uuid
from typing import Callable, NoReturn, Optional

from suite import artifacts, buf_curl, demo_clinic, demo_data, main_job, people, sessions, trails, undelivered
from suite.artifacts import ROOT, Artifacts
from suite.client import RpcError
from suite.demo_data import DemoData, Login
from suite.errors import SuiteError
from suite.ports import LOOPBACK
from suite.rotation import KINDS, Rotation
from suite.services import CALLERS, NAMES
from suite.suite import Suite, memory_bytes

HOME = ROOT / ".portal"
LOG_LINES = 100
MIB = 1024 * 1024


def main(arguments: list[str]) -> int:
    """Runs one command; failures that a person can do something about are one line on stderr."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends as Ctrl-C does
    options = _parser().parse_args(arguments)
    command: Callable[[argparse.Namespace], int] = options.command
    try:
        return command(options)
    except (SuiteError, RpcError) as error:
        print(f"portal: {error}", file=sys.stderr)
    except KeyboardInterrupt:
        print("portal: interrupted; what this command started is stopped again", file=sys.stderr)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # `| head` has seen enough
    return 1


def up(options: argparse.Namespace) -> int:
    """Builds, starts and fills the suite."""
    del options
    _up()
    return 0


def down(options: argparse.Namespace) -> int:
    """Stops everything."""
    del options
    suite = _suite()
    with suite.lock(_tell):
        stopped = suite.down()
        artifacts.end_build_server()
    _tell(f"stopped {', '.join(stopped)}" if stopped else "nothing was running")
    return 0


def _confirmed(question: str) -> bool:
    try:
        return input(question).strip().lower() == "y"
    except EOFError:
        return False


def reset(options: argparse.Namespace) -> int:
    """Stops everything and deletes all data, certificates and keys."""
    if not options.yes and not _confirmed(f"Delete all data, keys and logs under {HOME}? [y/N] "):
        raise SuiteError("nothing was deleted")
    suite = _suite()
    with suite.lock(_tell):
        suite.down()
        suite.delete()
        artifacts.end_build_server()
    _tell("everything is stopped and deleted")
    return 0


def status(options: argparse.Namespace) -> int:
    """Shows what runs; 0 if everything is ready, 3 if not."""
    del options
    suite = _suite()
    all_ready = suite.postgres.is_running()
    rows = [("postgres", "running" if all_ready else "stopped", "", "unix socket", "")]
    for name in NAMES:
        pid = suite.pid(name)
        ready = pid is not None and suite.is_ready(name)
        all_ready = all_ready and ready
        state = "stopped" if pid is None else "ready" if ready else "not ready"
        ports = suite.ports[name]
        rows.append(
            (
                name,
                state,
                str(pid or ""),
                f"{LOOPBACK}:{ports.grpc}, http://{LOOPBACK}:{ports.admin}",
                f"{memory_bytes(pid) / MIB:.0f} MB" if pid is not None else "",
            )
        )
    _print_table(("service", "state", "pid", "gRPC, health and metrics", "memory"), rows)
    return 0 if all_ready else 3


def logs(options: argparse.Namespace) -> int:
    """Shows the end of the logs, or follows them."""
    suite = _suite()
    files = [suite.log_file(name) for name in ([options.service] if options.service else [*NAMES, "postgres"])]
    files = [str(file) for file in files if file.exists()]
    if not files:
        raise SuiteError("there is no log yet: run tools/portal up")
    os.execv("/usr/bin/tail", ["tail", f"--lines={LOG_LINES}", *(["--follow=name"] if options.follow else []), *files])


def call(options: argparse.Namespace) -> int:
    """Calls a method."""
    suite = _running_suite()
    if options.method is None:
        print("\n".join(suite.client.contracts.names()))
        return 0
    passport = sessions.signed_in(suite, _login(suite, options.login)).passport() if options.login else None
    return buf_curl.call(suite, options.method, options.json, passport, options.service)


def token(options: argparse.Namespace) -> int:
    """Prints a passport."""
    suite = _running_suite()
    print(sessions.signed_in(suite, _login(suite, options.login)).passport())
    return 0


def mail(options: argparse.Namespace) -> int:
    """Lists the mails, or prints the newest one for an address."""
    mailbox = _suite().mailbox
    if options.recipient is None:
        for item in mailbox.mails():
            sent = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(item.path.stat().st_mtime))
            print(f"{sent}  {item.recipient}  {item.subject}")
        return 0
    found = mailbox.to(options.recipient)
    if not found:
        raise SuiteError(f"there is no mail for {options.recipient}")
    print(f"To: {found[-1].recipient}\nSubject: {found[-1].subject}\n\n{found[-1].text}")
    return 0


def dead_letters(options: argparse.Namespace) -> int:
    """Lists the notices that could not be sent, or replays or discards one."""
    suite = _running_suite()
    if options.action is None:
        rows = [
            (it["event_id"], it["source_service"], it["kind"], it["dead_time"], str(it["attempts"]),
             f"{it['failure']} {it['reply_code'] or ''}".strip())
            for it in undelivered.letters(suite)
        ]
        if rows:
            _print_table(("event", "asked for by", "kind", "given up", "attempts", "because"), rows)
        return 0
    if options.action == "discard":
        undelivered.discard_letter(suite, options.event_id)
        return 0
    if bool(options.event_id) == options.all:
        raise SuiteError("replay takes the id of an event, or --all")
    if options.event_id:
        undelivered.replay_letter(suite, options.event_id)
        return 0
    found = [it["event_id"] for it in undelivered.letters(suite, options.at_most)]
    if found and not options.yes and not _confirmed(f"Send {len(found)} notices, the oldest, again? [y/N] "):
        raise SuiteError("nothing was replayed")
    replayed = sum(undelivered.replay_letter(suite, event_id, or_gone=True) for event_id in found)
    print(f"{replayed} are tried again; what still cannot be sent comes back")
    return 0


def dead_events(options: argparse.Namespace) -> int:
    """Lists the outbox events that nobody could take, or has one tried again or erased."""
    suite = _suite()
    if options.replay or options.discard:
        if options.service is None:
            raise SuiteError("--replay and --discard need the service whose event it is")
        if options.replay:
            print(undelivered.replay_event(suite, options.service, options.replay))
        else:
            print(undelivered.discard_event(suite, options.service, options.discard))
        return 0
    for name in [options.service] if options.service else undelivered.SENDERS:
        for line in undelivered.events(suite, name):
            print(f"{name}: {line}")
    return 0


def verify_audit(options: argparse.Namespace) -> int:
    """Verifies audit trails: 0 if all are as sealed, 1 if one was tampered with, 2 if one could not be looked at."""
    suite = _suite()
    verdicts = []
    for name in [options.service] if options.service else NAMES:
        try:
            verdict = trails.verify(suite, name)
        except SuiteError as error:
            verdict = trails.Verdict(name, trails.COULD_NOT_LOOK, str(error))
        print("\n".join(f"{name}: {line.removeprefix(name + ': ')}" for line in verdict.said.splitlines()))
        verdicts.append(verdict)
    return trails.worst(verdicts)


def create_clinic(options: argparse.Namespace) -> int:
    """Creates a clinic and invites its owner."""
    suite = _running_suite()
    request_id = options.request_id or people.request_id_of(
        options.slug, options.name, options.owner_email, options.time_zone
    )
    clinic_id = people.create_clinic(
        suite, options.slug, options.name, options.owner_email, time_zone=options.time_zone, request_id=request_id
    )
    print(f"clinic      {clinic_id}")
    print(f"invitation  goes to {options.owner_email}")
    print(f"request     {request_id} (repeated within a day: the same clinic again)")
    return 0


def rotate_keys(options: argparse.Namespace) -> int:
    """Replaces keys and certificates while the suite runs."""
    suite = _running_suite()
    with suite.lock(_tell):
        rotation = Rotation(suite, _tell)
        if options.retire:
            rotation.retire()
        else:
            rotation.rotate(KINDS if options.kind == "all" else [options.kind])
    return 0


def demo(options: argparse.Namespace) -> int:
    """The main job against the running suite, which is started if it does not run."""
    del options
    suite = _suite()
    loaded = demo_data.read(HOME)
    if loaded is None or not all(suite.is_ready(name) for name in NAMES):
        suite, loaded = _up()
    practitioner = sessions.signed_in(suite, _login(suite, demo_clinic.NATUROPATH.login))
    print()
    main_job.MainJob(suite, loaded.clinic_id, practitioner).run()
    print("\nEverything went as it should.")
    return 0


def verify(options: argparse.Namespace) -> int:
    """The main job against processes started for it alone, on free ports; for tools/test."""
    del options
    with Suite.start(built=artifacts.build(HOME / "build")) as suite:
        main_job.run_at_new_clinic(suite)
    return 0


def _up() -> tuple[Suite, DemoData]:
    began = time.monotonic()
    HOME.mkdir(exist_ok=True)
    with _suite().lock(_tell):
        _suite().require_free_ports()  # rather now than after the build
        _tell("building (the first time takes some minutes)")
        artifacts.build(HOME / "build")
        suite = _suite()
        loaded = suite.up(_tell, then=lambda: demo_data.load_once(suite, _tell))
    _tell(f"everything is ready after {time.monotonic() - began:.1f} s\n")
    _print_addresses(suite, loaded)
    return suite, loaded


def _suite() -> Suite:
    return Suite.development(HOME, Artifacts(HOME / "build"))


def _running_suite() -> Suite:
    suite = _suite()
    if not all(suite.pid(name) for name in NAMES):
        raise SuiteError("the suite does not run: start it with tools/portal up")
    return suite


def _login(suite: Suite, name: str) -> Login:
    """A demo login by its e-mail address or the part before the @."""
    loaded = demo_data.read(suite.home)
    logins = loaded.logins if loaded else []
    for login in logins:
        if name in (login.email, login.email.partition("@")[0]):
            return login
    known = ", ".join(login.email.partition("@")[0] for login in logins)
    raise SuiteError(f"there is no demo login {name}; there are {known}")


def _print_addresses(suite: Suite, loaded: DemoData) -> None:
    rows = [
        (name, f"{LOOPBACK}:{ports.grpc} (gRPC, mutual TLS)", f"http://{LOOPBACK}:{ports.admin}/metrics")
        for name, ports in suite.ports.items()
    ]
    _print_table(("service", "address", "health and metrics"), rows)
    print()
    _print_table(("demo login", "password", "is"), [(it.email, it.password, it.what) for it in loaded.logins])
    print("\nTry: tools/portal demo")
    print(f"     tools/portal call --as priya ListPatients '{{\"clinic_id\": \"{loaded.clinic_id}\"}}'")


def _print_table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    widths = [max(len(row[column]) for row in [head, *rows]) for column in range(len(head))]
    for row in [head, *rows]:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())


def _tell(line: str) -> None:
    print(f"portal: {line}", flush=True)


def _uuid(text: str) -> str:
    return str(uuid.UUID(text))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="tools/portal", description="The suite on this machine, under .portal/.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(command: Callable[[argparse.Namespace], int], text: Optional[str]) -> argparse.ArgumentParser:
        added = commands.add_parser(command.__name__.replace("_", "-"), help=text, description=text)
        added.set_defaults(command=command)
        return added

    add(up, "build and start everything, load the demo data once; safe to repeat")
    add(down, "stop everything; data is kept")
    add(status, "what runs; exit status 0 if everything is ready")
    add(demo, "sign up, redeem a code, read a treatment plan, lose it: over gRPC, step by step")

    logs_parser = add(logs, "the end of the logs")
    logs_parser.add_argument("service", nargs="?", choices=[*NAMES, "postgres"])
    logs_parser.add_argument("-f", "--follow", action="store_true", help="go on printing")

    call_parser = add(call, "call a method; without one, list them")
    call_parser.add_argument("method", nargs="?", help="as much of its name as is unique: PatientService/GetPatient")
    call_parser.add_argument("json", nargs="?", default="{}", help="the request")
    call_parser.add_argument("--as", dest="login", metavar="LOGIN", help="a demo login: priya, owner, …")
    call_parser.add_argument(
        "--service", choices=[*CALLERS, *NAMES], default="gateway", help="whose certificate to call with"
    )

    token_parser = add(token, "print a passport, accepted for up to a minute")
    token_parser.add_argument("login", help="a demo login: priya, owner, …")

    mail_parser = add(mail, "list the e-mails that went out, or print the newest for an address")
    mail_parser.add_argument("recipient", nargs="?")

    letters_parser = add(dead_letters, "list the notices that could not be sent; or replay or discard one")
    letters_actions = letters_parser.add_subparsers(dest="action", metavar="ACTION")
    letters_actions.add_parser("discard").add_argument("event_id")
    replay_parser = letters_actions.add_parser("replay")
    replay_parser.add_argument("event_id", nargs="?")
    replay_parser.add_argument("--all", action="store_true", help="the oldest ones, instead of one")
    replay_parser.add_argument("--at-most", type=int, default=100, help="of --all: how many; 100")
    replay_parser.add_argument("--yes", action="store_true", help="of --all: do not ask")

    events_parser = add(dead_events, "list the outbox events that nobody could take; or replay or discard one")
    events_parser.add_argument("service", nargs="?", choices=undelivered.SENDERS)
    events_change = events_parser.add_mutually_exclusive_group()
    events_change.add_argument("--replay", type=_uuid, metavar="EVENT_ID", help="try this one again")
    events_change.add_argument("--discard", type=_uuid, metavar="EVENT_ID", help="erase this one")

    reset_parser = add(reset, "stop everything and delete all data")
    reset_parser.add_argument("--yes", action="store_true", help="do not ask")

    audit_parser = add(verify_audit, "audit trails against their seals and checkpoints; exit status 0, 1 tampered, 2 unseen")
    audit_parser.add_argument("service", nargs="?", choices=NAMES)

    clinic_parser = add(create_clinic, "as the operator: a clinic whose owner is invited; safe to repeat")
    clinic_parser.add_argument("slug", help="its part of addresses: lower-case letters, digits and hyphens")
    clinic_parser.add_argument("name", help="as patients read it")
    clinic_parser.add_argument("owner_email", help="where the invitation goes")
    clinic_parser.add_argument("--time-zone", required=True, help="IANA name: America/Toronto")
    clinic_parser.add_argument("--request-id", type=_uuid, help="a UUID; by default one that follows from the arguments")

    rotate_parser = add(rotate_keys, "replace keys and certificates while the suite runs; safe to interrupt and repeat")
    rotate_parser.add_argument("kind", nargs="?", choices=[*KINDS, "all"], default="all")
    rotate_parser.add_argument("--retire", action="store_true", help="only remove old ones that nothing depends on")

    add(verify, "the main job against processes started for it alone; what tools/test runs")
    return parser


def run() -> NoReturn:
    """The entry point."""
    sys.exit(main(sys.argv[1:]))
