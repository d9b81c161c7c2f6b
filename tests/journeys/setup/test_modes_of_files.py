"""Files have the modes that they are made with, whatever the umask of whoever makes them."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from exchange.machine.files import make_folder, open_file, write_file
from exchange.runtime.settings import Home, Settings
from exchange.setup.init import init_files
from tests.processes import write_departments


@pytest.fixture(params=[0o000, 0o022, 0o077, 0o777], ids=oct)
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_what_is_made_has_the_mode_that_it_is_made_with(tmp_path: Path, umask: int) -> None:
    make_folder(tmp_path / "private" / "below", 0o700)
    make_folder(tmp_path / "open" / "below")
    write_file(tmp_path / "note", "for all")
    open_file(tmp_path / "log", "ab", 0o644).close()
    open_file(tmp_path / "secret").close()
    (tmp_path / "open" / "kept").write_text("before")
    (tmp_path / "open" / "kept").chmod(0o640)
    write_file(tmp_path / "open" / "kept", "after")
    open_file(tmp_path / "open" / "kept", "ab", 0o644).close()
    found = {path.relative_to(tmp_path).as_posix(): oct(mode(path)) for path in sorted(tmp_path.rglob("*"))}
    assert found == {
        "log": "0o644", "note": "0o644", "open": "0o755", "open/below": "0o755", "open/kept": "0o640",
        "private": "0o700", "private/below": "0o700", "secret": "0o600",
    }  # fmt: skip


@pytest.mark.parametrize("umask", [0o000, 0o077], ids=oct, indirect=True)
def test_a_domain_is_made_alike_under_every_umask_and_its_secrets_are_their_owners(tmp_path: Path, umask: int) -> None:
    home = Home(tmp_path / "home")
    write_departments(tmp_path / "departments", "t", ["planning"])
    settings = Settings.read({"EXCHANGE_HOME": str(home.root)})
    init_files(settings, lambda text: None, tmp_path / "departments")
    private = [home.authority, *home.members.rglob("*"), *home.authority.rglob("*")]
    assert {oct(mode(path)) for path in private} == {"0o600", "0o700"}
    assert {oct(mode(path)) for path in private if path.is_dir()} == {"0o700"}
    others = [path for path in home.root.rglob("*") if path not in private]
    assert all(mode(path) & 0o022 == 0 for path in others), "nobody else writes there"
