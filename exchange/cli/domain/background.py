"""Running a domain behind one's back: `up --detach` returns when all is served, `down` when all has ended."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

from exchange.cli.domain.console import say_first_link
from exchange.cli.domain.desk_child import desks_among, say_desk, say_first_link_of
from exchange.cli.domain.face_child import DETACHED
from exchange.cli.domain.window_child import portal_among
from exchange.cli.view import errors, plain, say, say_link
from exchange.clock import monotonic
from exchange.errors import OperatorError
from exchange.language import tr
from exchange.machine.files import make_folder, open_file
from exchange.operations.domain_view import DomainView
from exchange.runtime.profiles import load_profiles
from exchange.runtime.settings import Home, Settings
from exchange.runtime.supervision.children import child_command, child_surroundings
from exchange.runtime.supervision.running import Running, running
from exchange.web.door.gate import gate_of
from exchange.web.listening import Served, read_state

_FACE_WAIT = 20.0
"""Seconds that the console, and each other face, have to come."""

_LOOK_EVERY = 0.1


def start_detached(
    settings: Settings, *, with_console: bool, with_window: bool, with_desks: bool, standby: bool = False
) -> None:
    """Start `exchange up` apart from this terminal, say what it says, and return when it serves.

    One that runs already is left as it is. Raises OperatorError where it ends before it serves.
    """
    home = Home(settings.home)
    if running(home) is not None:
        say(tr("running already; stop it with: exchange down"))
        _say_console(settings, 0.0)
        _say_window(settings, 0.0)
        _say_desks(settings, 0.0)
        return
    make_folder(home.logs)
    log = home.logs / "up.log"
    left_out = [*([] if with_console else ["--no-console"]), *([] if with_window else ["--no-window"])]
    left_out += [*([] if with_desks else ["--no-desks"]), *(["--standby"] if standby else [])]
    surroundings = child_surroundings({"EXCHANGE_HOME": str(home.root), DETACHED: "1"}, administers=True)
    with open_file(log, "ab", 0o644) as file, surroundings.handed_over() as (environment, keep):
        told = file.tell()
        process = subprocess.Popen(
            child_command("up", *left_out),
            env=environment, pass_fds=keep,
            stdin=subprocess.DEVNULL, stdout=file, stderr=file, start_new_session=True,
        )  # fmt: skip
    while not _serves(running(home)):
        told = _tell(log, told)
        if process.poll() is not None:
            _tell(log, told)
            raise OperatorError("the domain could not be started", remedy="see above, and {log}", log=log)
        time.sleep(_LOOK_EVERY)
    _tell(log, told)
    if with_console:
        _say_console(settings, _FACE_WAIT)
    if with_window:
        _say_window(settings, _FACE_WAIT)
    if with_desks:
        _say_desks(settings, _FACE_WAIT)
    say(tr("runs in the background, its words go to {log}; stop it with: exchange down", log=log))


def _serves(found: Running | None) -> bool:
    return found is not None and found.serving


def _tell(log: Path, told: int) -> int:
    """Says the lines that have come; how many octets of the log have been said then."""
    with log.open("rb") as file:
        file.seek(told)
        come = file.read().rpartition(b"\n")[0]
    if come:
        errors.print(plain(come.decode(errors="replace")))
    return told + len(come) + bool(come)


def _say_console(settings: Settings, patience: float) -> None:
    served = _come(Home(settings.home).console, patience)
    if served is None:
        if patience:
            say(tr("the console is being started; where it is says: exchange console --url"))
        return
    say_link(tr("console"), served.url)
    with DomainView(settings) as view:
        say_first_link(served.url, gate_of(view).first_link())


def _say_window(settings: Settings, patience: float) -> None:
    home = Home(settings.home)
    portal = portal_among(load_profiles(home.departments).values())
    served = _come(home.public_window(portal), patience) if portal is not None else None
    if served is not None:
        say_link(tr("public window"), served.url)


def _say_desks(settings: Settings, patience: float) -> None:
    home = Home(settings.home)
    for address in desks_among(load_profiles(home.departments).values()):
        served = _come(home.desk(address), patience)
        if served is not None:
            say_desk(address, served.url)
            say_first_link_of(settings, address, served.url)


def _come(state: Path, patience: float) -> Served | None:
    """Wait until a face is being served, and return where; None where it does not come in time."""
    until = monotonic() + patience
    served = read_state(state)
    while served is None and monotonic() < until:
        time.sleep(_LOOK_EVERY)
        served = read_state(state)
    return served
