"""System calls that Python's library has no name for."""

from __future__ import annotations

import ctypes
import os

_NO_NEW_PRIVILEGES, _DIE_WITH_PARENT = 38, 1


def call(number: int, *arguments: object) -> int:
    """Make a system call by its number. Raises OSError."""
    return _checked(_library().syscall(ctypes.c_long(number), *arguments))


def process_control(option: int, *arguments: object) -> int:
    """Call prctl(2). Raises OSError."""
    padded = [*arguments, 0, 0, 0, 0][:4]
    return _checked(_library().prctl(option, *(ctypes.c_ulong(one) if isinstance(one, int) else one for one in padded)))


def give_up_privileges() -> None:
    """Never gain any again by starting a program; Landlock and filters want it. Raises OSError."""
    process_control(_NO_NEW_PRIVILEGES, 1)


def die_with_parent(number: int) -> None:
    """Be sent this signal when the thread that started this process ends. Raises OSError."""
    process_control(_DIE_WITH_PARENT, number)


def _library() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _checked(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result
