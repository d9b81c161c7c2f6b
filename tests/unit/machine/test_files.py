"""Files: whole or not at all, the folder's owner keeps them, and what cannot be written is told with its remedy."""

from __future__ import annotations

import ast
import errno
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

import exchange
from exchange.errors import FileUnusable
from exchange.machine import files
from exchange.machine.files import expect_new, lock_file, make_folder, read_json, write_file, write_secret

SOMEBODY = 61_234
"""A user id of nobody on this machine."""

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files to somebody else")


def test_a_file_is_replaced_whole_and_keeps_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "note"
    write_file(path, "一")
    path.chmod(0o640)
    write_file(path, "二")
    assert path.read_text(encoding="utf-8") == "二"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert list(tmp_path.iterdir()) == [path]


def test_a_secret_becomes_private_whatever_it_was(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.touch(0o644)
    write_secret(path, b"s")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_write_that_fails_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "note"
    write_file(path, "before")

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(files.os, "fsync", full)
    with pytest.raises(FileUnusable, match="No space left") as caught:
        write_file(path, "after")
    assert "make room" in caught.value.remedy
    assert (path.read_text(), list(tmp_path.iterdir())) == ("before", [path])


def test_a_link_is_written_through_and_a_device_as_it_is(tmp_path: Path) -> None:
    real, link = tmp_path / "real", tmp_path / "link"
    real.write_text("before")
    link.symlink_to(real)
    write_file(link, "after")
    assert link.is_symlink()
    assert real.read_text() == "after"
    write_file(Path("/dev/null"), "nothing")
    assert not Path("/dev/null").is_file()


@pytest.mark.parametrize(
    ("path", "remedy"),
    [
        ("nowhere/x", "make the folder first"),
        ("a-file/x", "move the file away"),
        ("folder", "name a file"),
        ("长" * 100, "shorter"),
        ("nul\0", "another place"),
        ("half\udce4\ud800", "another place"),
        ("circle", "circle"),
    ],
)
def test_what_cannot_be_written_is_told_with_its_remedy(tmp_path: Path, path: str, remedy: str) -> None:
    (tmp_path / "a-file").touch()
    (tmp_path / "folder").mkdir()
    (tmp_path / "circle").symlink_to("circle")
    with pytest.raises(FileUnusable) as caught:
        write_file(tmp_path / path, b"")
    assert remedy in caught.value.remedy


def test_a_folder_that_is_to_be_new_has_nothing_in_it(tmp_path: Path) -> None:
    expect_new(tmp_path / "none")
    expect_new(tmp_path)
    (tmp_path / "x").touch()
    for folder in (tmp_path, tmp_path / "x"):
        with pytest.raises(FileUnusable) as refused:
            expect_new(folder)
        assert "name" in refused.value.remedy


def test_a_folder_below_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "a-file").touch()
    for path in (tmp_path / "a-file", tmp_path / "a-file" / "x"):
        with pytest.raises(FileUnusable, match=r"Not a directory|File exists"):
            make_folder(path)


@pytest.mark.parametrize("text", ["", "\0\0\0", "{", "[]", "null", "[" * 100_000, "\xff"])
def test_a_note_that_a_power_cut_left_is_as_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "note.json").write_bytes(text.encode("latin-1"))
    assert read_json(tmp_path / "note.json") is None
    assert read_json(tmp_path / "none.json") is None


@as_root
def test_what_root_makes_in_somebodys_folder_is_theirs(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    os.chown(home, SOMEBODY, SOMEBODY)
    make_folder(home / "a" / "b", 0o700)
    write_secret(home / "a" / "b" / "key", "s")
    with lock_file(home / "lock"):
        pass
    files.open_file(home / "log", "ab", 0o644).close()
    found = [home / "a", home / "a" / "b", home / "a" / "b" / "key", home / "lock", home / "log"]
    assert {(path.stat().st_uid, path.stat().st_gid) for path in found} == {(SOMEBODY, SOMEBODY)}


@as_root
def test_root_follows_no_link_that_somebody_laid_in_their_folder(tmp_path: Path) -> None:
    home, target = tmp_path / "home", tmp_path / "roots-own"
    home.mkdir()
    target.write_text("root's")
    os.chown(home, SOMEBODY, SOMEBODY)
    (home / "lock").symlink_to(target)
    with pytest.raises(FileUnusable):
        lock_file(home / "lock")
    assert target.stat().st_uid == 0


@as_root
def test_a_user_without_rights_is_told_whose_it_is(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    code = (
        "import os, sys\n"
        "from pathlib import Path\n"
        "from exchange.machine.files import write_file\n"
        "from exchange.errors import FileUnusable\n"
        f"os.setuid({SOMEBODY})\n"
        "try: write_file(Path(sys.argv[1]), b'')\n"
        "except FileUnusable as error: print(error.diagnostics())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "x")],
        capture_output=True, text=True, check=True, cwd=Path(exchange.__file__).parents[1],
    )  # fmt: skip
    assert "Permission denied" in done.stdout
    assert "belongs to root: run the command as that user" in done.stdout


_MAKERS = {"write_text", "write_bytes", "mkdir", "copyfile", "FileLock"}
_ALLOWED = {
    "machine/files.py": "the one place",
    "broker/private/keeper.py": "runs with the standard library alone",
    "cli/unexpected.py": "the last net, beside the domain or in the machine's folder for temporary files",
    "window/zipped.py": "entries of a package that is sent while it is made",
    "setup/backup/places.py": "a database's copy, until it takes the place of the database",
    "store/locks.py": "a sign of life beside a database, with nothing in it",
    "broker/private/alias.py": "links of this user's own, for this user's own node",
}


def test_files_are_made_in_one_place() -> None:
    """Whoever makes a file or folder otherwise forgets the owner, the power cut or the error."""
    root = Path(exchange.__file__).parent
    assert [name for name in _ALLOWED if not (root / name).is_file()] == []
    found = []
    for path in sorted(root.rglob("*.py")):
        name = path.relative_to(root).as_posix()
        if name in _ALLOWED:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and _makes_a_file(node):
                found.append(f"{name}:{node.lineno}")
    assert found == []


def _makes_a_file(call: ast.Call) -> bool:
    called = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if called == "touch":
        return not call.args  # with one it is a record's
    if called != "open":
        return called in _MAKERS
    if call.args and (
        (isinstance(call.args[0], ast.Constant) and call.args[0].value == 2) or "devnull" in ast.dump(call)
    ):
        return False
    modes = [one.value for one in call.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    return "O_CREAT" in ast.dump(call) or any(set(mode) & set("wax+") and len(mode) <= 3 for mode in modes)
