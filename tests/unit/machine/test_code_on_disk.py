"""Whether code on disk is still what it was: whatever an installation does to it is noticed."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from exchange.machine.forks.code_on_disk import code_on_disk


def test_every_change_of_our_own_files_is_noticed_and_compiled_code_is_none(tmp_path: Path) -> None:
    own, linked = tmp_path / "own", tmp_path / "linked"
    for folder in (own, linked):
        folder.mkdir()
        (folder / "module.py").write_text("1")
    (own / "link").symlink_to(linked)

    seen = [code_on_disk([str(own)])]

    def changes() -> bool:
        seen.append(code_on_disk([str(own)]))
        return seen[-1] != seen[-2]

    assert not changes()
    (own / "__pycache__").mkdir()
    (own / "__pycache__" / "module.pyc").write_text("")
    assert not changes()
    (own / "new.py").write_text("")
    assert changes()
    (own / "new.py").unlink()
    assert changes()
    (linked / "module.py").write_text("12")
    assert changes()
    before = (own / "module.py").stat()
    (own / "module.new").write_text("2")
    os.utime(own / "module.new", ns=(before.st_atime_ns, before.st_mtime_ns))
    (own / "module.new").replace(own / "module.py")
    assert changes()


def test_a_library_that_is_installed_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    libraries = tmp_path / "site-packages"
    libraries.mkdir()
    monkeypatch.setattr(sys, "path", [str(libraries), str(tmp_path / "gone-packages")])
    before = code_on_disk([])
    os.utime(libraries, ns=(0, 0))
    assert code_on_disk([]) != before
