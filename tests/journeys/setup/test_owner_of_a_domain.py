"""What root does in somebody's domain locks that somebody out of nothing; notes that a power cut left are no end."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

import exchange
from exchange.broker.private.node_files import NodeFolder
from exchange.broker.private.ports import Ports
from exchange.broker.traffic.link import Link
from exchange.claims import upload
from exchange.directory.keyfiles import finish_rotation, load_identity, prepare_rotation
from exchange.errors import BadKeys, ExchangeError, OperatorError
from exchange.machine.files import refuse_foreign
from exchange.operations.health.diagnostics import write_bundle
from exchange.runtime.home import open_claims, open_member, write_link
from exchange.runtime.settings import Home, Settings
from exchange.setup.certify import certify, revoke
from exchange.setup.init import init_files
from exchange.web.listening import read_state, write_state
from tests.processes import write_departments
from tests.warm import run_warm

SOMEBODY = 61_234

OPENS = """
import os, sys
from pathlib import Path
from exchange.runtime.home import open_member
from exchange.runtime.settings import Settings
from exchange.setup.certify import certify
settings = Settings.read({{}}, Path(sys.argv[1]))
certify(settings, "t.monitor", lambda text: None)  # imports what a service user may not be able to read
open_member(settings, "t.monitor").store.close()
os.setgid({uid}); os.setuid({uid})
for name in ("window", "planning"):
    opened = open_member(settings, "t." + name)
    with opened.store.transaction() as tx:
        tx.set_meta("x", "y")
    opened.store.close()
certify(settings, "t.monitor", lambda text: None)
"""


def domain(tmp_path: Path) -> Settings:
    settings = Settings.read({}, tmp_path / "home")
    write_departments(tmp_path / "departments", "t", ["planning"])
    init_files(settings, lambda text: None, tmp_path / "departments")
    return settings


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can work in somebody else's domain")
def test_commands_of_root_leave_everything_to_the_domains_owner(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    os.chown(home, SOMEBODY, SOMEBODY)
    settings = domain(tmp_path)
    certify(settings, "t.planning", lambda text: None)
    revoke(settings, "t.monitor", None, "lost", lambda text: None)
    opened = open_member(settings, "t.planning")
    with opened.store.transaction() as tx:
        tx.set_meta("x", "y")
        there = sorted(path.name for path in Home(home).member("t.planning").iterdir())
    assert {"store.db-wal", "store.db-shm"} <= set(there)
    foreign = [path for path in home.rglob("*") if path.stat().st_uid != SOMEBODY]
    opened.store.close()
    write_link(Home(home).account("t.planning"), Link("amqp://x", None, False))
    large = tmp_path / "large"
    large.write_bytes(b"x" * 300_000)
    upload(large, open_claims(settings), Home(home).uploads("t.planning"))
    write_bundle(settings, home / "bundle.tar.gz")
    foreign += [path for path in home.rglob("*") if (path.stat().st_uid, path.stat().st_gid) != (SOMEBODY, SOMEBODY)]
    assert foreign == []

    for path in (tmp_path, *tmp_path.parents[:3]):
        path.chmod(path.stat().st_mode | 0o711) if path != Path("/") else None
    root = Path(exchange.__file__).parents[1]
    done = subprocess.run(
        [sys.executable, "-c", OPENS.format(uid=SOMEBODY), str(home)],
        cwd=root, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can work in somebody else's domain")
def test_root_runs_nothing_for_long_in_somebody_elses_domain(tmp_path: Path) -> None:
    """The node's data and the members' records would become root's, and the owner's next `up` would fail."""
    home = tmp_path / "home"
    home.mkdir()
    os.chown(home, SOMEBODY, SOMEBODY)
    domain(tmp_path)
    for words in (["up"], ["up", "--detach"], ["serve", "t.planning"], ["console"], ["init"]):
        environment = {name: value for name, value in os.environ.items() if not name.startswith("EXCHANGE_")}
        done = run_warm([*words, "--home", str(home)], environment, timeout=60)
        assert done.returncode == OperatorError.exit_code, (words, done.stderr)
        said = " ".join(done.stderr.split())
        assert f"{home} belongs to user {SOMEBODY}" in said
        assert f"sudo -u '#{SOMEBODY}'" in said, said
        assert "Traceback" not in said
    assert not (home / "node" / "data").exists()
    assert [path for path in home.rglob("*") if path.stat().st_uid != SOMEBODY] == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can work in somebody else's folder")
def test_a_home_that_is_to_be_made_is_of_who_owns_the_folder_around(tmp_path: Path) -> None:
    refuse_foreign(tmp_path / "new" / "home", "exchange up")
    os.chown(tmp_path, SOMEBODY, SOMEBODY)
    with pytest.raises(OperatorError, match="belongs to"):
        refuse_foreign(tmp_path / "new" / "home", "exchange up")
    refuse_foreign(Path("/"), "exchange up")


GARBLED = [b"", b"\0\0\0\0", b"{", b"[]", b"null", b"\xff\xfe"]


@pytest.mark.parametrize("left", [b"", b"{"])
def test_no_state_file_that_a_power_cut_left_is_a_traceback(tmp_path: Path, left: bytes) -> None:
    settings = domain(tmp_path)
    home = Home(settings.home)
    write_link(home.account("t.planning"), Link("amqp://x", None, False))
    certify(settings, "t.planning", lambda text: None)
    for path in [one for one in home.root.rglob("*") if one.is_file() and one.suffix not in (".py", ".toml", ".db")]:
        before = path.read_bytes()
        path.write_bytes(left)
        for look in (
            lambda: open_member(settings, "t.planning").store.close(),
            lambda: certify(settings, "t.planning", lambda text: None),
            lambda: init_files(settings, lambda text: None),
        ):
            with suppress(ExchangeError):
                look()
        path.write_bytes(before)


@pytest.mark.parametrize("left", GARBLED)
def test_notes_that_can_be_made_anew_are_as_none(tmp_path: Path, left: bytes) -> None:
    folder = NodeFolder(tmp_path / "node")
    folder.prepare(Ports(1, 2, 3, 4), can_stamp=False)
    assert folder.read_ports() == Ports(1, 2, 3, 4)
    folder.ports.write_bytes(left)
    assert folder.read_ports() is None
    folder.ports.write_text(json.dumps({"amqp": "x", "management": 2, "epmd": 3, "distribution": 4}))
    assert folder.read_ports() is None
    write_state(tmp_path / "console.json", "http://x", 1)
    assert read_state(tmp_path / "console.json") is not None
    (tmp_path / "console.json").write_bytes(left)
    assert read_state(tmp_path / "console.json") is None


@pytest.mark.parametrize("left", GARBLED)
def test_a_rotation_whose_note_is_garbled_is_named_with_its_remedy(tmp_path: Path, left: bytes) -> None:
    settings = domain(tmp_path)
    keys = Home(settings.home).keys("t.planning")
    prepare_rotation(keys, load_identity(keys))
    (keys / "next.json").write_bytes(left)
    finish_rotation(keys, "t.planning", ())
    assert not (keys / "next.json").exists()
    assert load_identity(keys).address == "t.planning"
    (keys / "signing.key").write_bytes(left)
    with pytest.raises(BadKeys) as caught:
        load_identity(keys)
    assert "backup" in caught.value.remedy
