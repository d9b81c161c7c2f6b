"""Network namespaces: one of this thread's own, and others that last as long as the process that holds them."""

from __future__ import annotations

import ctypes
import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

_NEW_NETWORK = 0x40000000
"""CLONE_NEWNET."""
_OURS = "/proc/thread-self/ns/net"


@contextmanager
def own_network() -> Iterator[None]:
    """Give this thread a network of its own, with nothing in it, and whatever it starts meanwhile. Raises OSError."""
    system = ctypes.CDLL(None, use_errno=True)
    before = os.open(_OURS, os.O_RDONLY | os.O_CLOEXEC)
    try:
        _expect(system.unshare(_NEW_NETWORK))
        try:
            yield
        finally:
            _expect(system.setns(before, _NEW_NETWORK))
    finally:
        os.close(before)


def _expect(result: int) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


@dataclass(frozen=True)
class HeldNetwork:
    """A network namespace, and the process that holds it: that ends with whoever has made it, even by SIGKILL."""

    holder: subprocess.Popen[bytes]

    @classmethod
    def make(cls) -> HeldNetwork:
        """Make one. Raises OSError."""
        command = ["unshare", "--net", "sh", "-c", "echo; exec cat >/dev/null"]
        holder = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
        )
        if holder.stdout is None or not holder.stdout.readline():
            _, said = holder.communicate()
            raise OSError(0, said.decode(errors="replace").strip() or "unshare failed")
        return cls(holder)

    @property
    def path(self) -> str:
        """Where it is found, for nsenter."""
        return f"/proc/{self.holder.pid}/ns/net"

    def close(self) -> None:
        """Let go of it: it is gone with the last process in it."""
        self.holder.communicate()


def tell(lines: Sequence[str], network: HeldNetwork | None = None) -> None:
    """Have ip do all of it, in this thread's network or another. Raises OSError with what it says."""
    enter = ("nsenter", f"--net={network.path}", "--") if network is not None else ()
    command, words = [*enter, "ip", "-batch", "-"], "\n".join([*lines, ""])
    done = subprocess.run(command, input=words, capture_output=True, text=True)
    if done.returncode != 0:
        raise OSError(0, " ".join(["ip:", *done.stderr.split()]))
