"""A process that serves a member reads its own keys and what is public, and nobody else's secrets, before all else."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from exchange.errors import FileUnusable
from exchange.machine.confinement import landlock
from exchange.machine.files import write_secret
from exchange.operations.health.checkups.database import databases
from exchange.runtime.confinement.public import is_set_apart, set_apart
from exchange.runtime.home import open_database
from exchange.runtime.settings import Home, Settings
from exchange.setup.certify import certify, revoke
from exchange.setup.init import init_files
from exchange.setup.succession import renew
from tests.processes import write_departments

PLANNING, TRANSPORT = "t.planning", "t.transport"

HELPS = """
import json, os, signal, sys
from pathlib import Path
from exchange.cli import main
from exchange.cli.domain import serving

def tried(what, path):
    try:
        what(path)
    except OSError as error:
        return type(error).__name__
    return "done"

def read(path): Path(path).read_bytes()
def write(path): open(path, "r+b").close()
def truncate(path): os.truncate(path, 0)
def make(path): open(path + "/made", "xb").close()
def replace(path): os.replace(path, path + ".moved")
def tell(path): os.kill(int(path), 0)
WHAT = {one.__name__: one for one in (read, write, truncate, make, replace, tell)}

def answer_what_is_asked(renewed=None):
    for line in sys.stdin:
        asked = json.loads(line)
        found = renewed() if asked == "renewed" else [tried(WHAT[what], path) for what, path in asked]
        print(json.dumps(found), flush=True)
    raise SystemExit(0)

if "WITHOUT" in os.environ:
    from exchange.machine.confinement import landlock

    def version():
        raise OSError(38, "not implemented")

    landlock.version = version
"""
SERVES = """
def take_over(settings, address):
    # in the place of what would open the broker, with the member's keys and records open
    def renewed():
        from exchange.runtime.keys.renewal import Renewal
        identity, directory = Renewal(settings, address, 0).read()
        return [directory.version, identity.certificate.hex()]

    answer_what_is_asked(renewed)

serving.open_link = take_over
sys.argv = ["exchange", "serve", "t.planning"]
main()
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A domain of a few members."""
    write_departments(tmp_path / "departments", "t", ("planning", "transport"))
    settings = Settings.read({"EXCHANGE_HOME": str(tmp_path / "home")})
    init_files(settings, lambda text: None, tmp_path / "departments")
    return settings


class Taken:
    """A serving process that somebody has taken over; ``serves`` is how."""

    def __init__(self, settings: Settings, serves: str = SERVES, **env: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", HELPS + serves],
            env={
                **os.environ, "EXCHANGE_HOME": str(settings.home),
                "EXCHANGE_BROKER_URL": "amqp://admin:x@localhost/v", **env,
            },
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    def ask(self, asked: Any) -> Any:
        """What it finds."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(json.dumps(asked), file=self._process.stdin, flush=True)
        line = self._process.stdout.readline()
        if not line:
            raise AssertionError(self._process.communicate()[1])
        return json.loads(line)

    def end(self) -> str:
        """Ends it; its log."""
        return self._process.communicate(timeout=30)[1]


@pytest.fixture
def kept() -> None:
    """Only where the kernel can keep a process from files."""
    try:
        landlock.version()
    except OSError:
        pytest.skip("this kernel offers no Landlock")


def noted(settings: Settings) -> list[tuple[str, str]]:
    """What the doctor says of it."""
    found = databases(settings, [PLANNING])
    return [(one.level, one.finding) for one in found if one.check == "confinement"]


@pytest.mark.usefixtures("kept")
def test_a_member_that_is_taken_over_reaches_no_other_secret_and_takes_what_is_renewed(settings: Settings) -> None:
    home = Home(settings.home)
    (home.root / "links.json").write_text("{}")
    home.node.mkdir()
    (home.node / "cookie").write_text("secret")
    secrets = [
        home.keys(TRANSPORT) / "signing.key", home.keys(TRANSPORT) / "decryption.json",
        home.database_file(TRANSPORT), home.authority / "authority.key", home.freshness_key / "freshness.key",
        home.links, home.node / "cookie", f"/proc/{os.getpid()}/environ",
    ]  # fmt: skip
    (home.member(PLANNING) / "way").symlink_to(home.keys(TRANSPORT))
    taken = Taken(settings)
    asked = [("read", str(path)) for path in secrets]
    asked += [("read", str(home.member(PLANNING) / "way" / "signing.key"))]
    asked += [(what, str(home.keys(TRANSPORT) / "signing.key")) for what in ("write", "truncate", "replace")]
    asked += [(what, str(home.directory)) for what in ("write", "truncate", "replace")]
    asked += [("make", str(place)) for place in (home.root, home.public, home.departments, home.members, home.tree)]
    asked += [("make", str(home.member(TRANSPORT))), ("tell", str(os.getpid()))]
    found = taken.ask(asked)
    scoped = landlock.version() >= 6
    wrong = [
        (what, path, how) for (what, path), how in zip(asked, found, strict=True)
        if how != "PermissionError" and (what != "tell" or scoped)
    ]  # fmt: skip
    assert not wrong
    own = [("read", str(home.keys(PLANNING) / "signing.key")), ("read", str(home.directory)),
           ("make", str(home.member(PLANNING))), ("read", "/etc/hosts")]  # fmt: skip
    assert taken.ask(own) == ["done"] * 4
    version, certificate = taken.ask("renewed")
    certify(settings, PLANNING, lambda text: None)
    revoke(settings, TRANSPORT, None, "compromised", lambda text: None)
    later, fresh = taken.ask("renewed")
    assert later == version + 2
    assert fresh != certificate
    renew(settings, "planned", lambda text: None)
    write_secret(home.calendars / "t.cose", b"new")
    assert taken.ask("renewed")[0] == later + 1, "the present authority is taken by the one before it"
    assert taken.ask([("read", str(home.calendars / "t.cose"))]) == ["done"]
    assert "member.confined" in taken.end()
    good = ("good", "processes of members that are kept to their own folder and what is public: 1")
    assert noted(settings) == [good]
    shutil.copy(home.directory, home.root)
    beside = ("note", "public files were put beside the secrets, where served members do not see them")
    assert noted(settings) == [beside, good]


def test_a_folder_as_the_release_before_left_it_is_set_apart_and_any_step_of_it_may_be_the_last(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Home(settings.home)
    was = home.directory.read_bytes()
    for path in home.public.glob("*.cose"):
        path.rename(home.root / path.name)
    shutil.rmtree(home.public)
    (home.root / "freshness.cose").write_bytes(b"stated")
    assert home.directory == home.root / "directory.cose"
    assert not is_set_apart(home)
    steps = iter(range(100))
    done = os.replace

    def breaks_off(*paths: Path) -> None:
        if next(steps) % 2 == 0:
            raise OSError(5, "broken off")
        done(*paths)

    monkeypatch.setattr(os, "replace", breaks_off)
    for _ in range(20):
        try:
            set_apart(home)
            break
        except FileUnusable:
            assert home.directory.read_bytes() == was
            assert home.freshness.read_bytes() == b"stated"
    monkeypatch.undo()
    set_apart(home)
    assert is_set_apart(home)
    assert home.directory == home.public / "directory.cose"
    assert home.directory.read_bytes() == was
    assert not list(home.root.glob("*.cose"))


def test_where_it_cannot_be_kept_a_member_is_served_as_before_and_the_doctor_names_it(settings: Settings) -> None:
    home = Home(settings.home)
    secret = [("read", str(home.authority / "authority.key"))]
    taken = Taken(settings, WITHOUT="1")
    assert taken.ask(secret) == ["done"]
    assert "member.not-confined" in taken.end()
    said = f"{PLANNING}: it can read all members' keys: this machine cannot keep it from its user's files"
    assert noted(settings) == [("note", said)]
    with closing(open_database(settings, TRANSPORT)):
        assert not list(databases(settings, [])), "nothing of who was never served"
