"""A small file system under one member's folder, which can be filled up: a tmpfs, where this user may mount one."""

from __future__ import annotations

import os
import shutil
import subprocess
from contextlib import suppress
from pathlib import Path

from exchange.machine.files import make_folder, open_file
from exchange.trials.prove.broker import NotAllowed

_BALLAST = "ballast"
_GROWS = 1_000_000


class SmallDisk:
    """The file system under ``folder``, of ``octets``. Raises nothing where it cannot be had: `fill` then does."""

    def __init__(self, folder: Path, octets: int) -> None:
        self._folder = folder
        self._why = _mount(folder, octets)

    def fill(self) -> None:
        """Leave no octet free. Raises NotAllowed."""
        if self._why:
            raise NotAllowed(self._why)
        with open_file(self._folder / _BALLAST, "ab") as file, suppress(OSError):
            for size in (_GROWS, 4096):
                while True:
                    try:
                        os.posix_fallocate(file.fileno(), os.fstat(file.fileno()).st_size, size)
                    except OSError:
                        break

    def empty(self) -> None:
        """Give the room back."""
        (self._folder / _BALLAST).unlink(missing_ok=True)

    def close(self) -> None:
        """Put what lies there into the folder itself, and unmount."""
        if self._why:
            return
        self.empty()
        beside = self._folder.with_name(self._folder.name + ".kept")
        shutil.copytree(self._folder, beside, symlinks=True)
        subprocess.run(["umount", "--lazy", str(self._folder)], check=True, capture_output=True)
        self._folder.rmdir()
        beside.rename(self._folder)


def _mount(folder: Path, octets: int) -> str:
    """Mounts it; why not, where that failed."""
    if os.geteuid() != 0:
        return "a small file system needs root"
    make_folder(folder, 0o700)
    command = ["mount", "-t", "tmpfs", "-o", f"size={octets},mode=700", "yizhan-prove", str(folder)]
    try:
        done = subprocess.run(command, capture_output=True, text=True)
    except OSError as error:
        return f"mount: {error.strerror}"
    return (done.stderr.strip() or "mount failed") if done.returncode else ""
