"""A filter of system calls (seccomp(2)): no sockets, no further processes, no hand in other processes.

What is forbidden answers as the system does where a right is missing, so that Python raises PermissionError.
"""

from __future__ import annotations

import ctypes
import errno
import os
import struct

from exchange.machine.confinement.kernel import give_up_privileges, process_control

_SET_SECCOMP, _FILTER = 22, 2
_LOAD, _EQUAL, _AT_LEAST, _SET, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _REFUSE, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16
_CLONE_THREAD = 0x00010000

_MACHINES = {
    "x86_64": (0xC000003E, {
        "socket": 41, "connect": 42, "socketpair": 53, "clone": 56, "fork": 57, "vfork": 58, "execve": 59, "kill": 62,
        "ptrace": 101, "mount": 165, "tkill": 200, "tgkill": 234, "add_key": 248, "keyctl": 250, "unshare": 272,
        "perf_event_open": 298, "prlimit64": 302, "setns": 308, "process_vm_readv": 310, "process_vm_writev": 311,
        "bpf": 321, "execveat": 322,
    }),
    "aarch64": (0xC00000B7, {
        "socket": 198, "connect": 203, "socketpair": 199, "clone": 220, "execve": 221, "kill": 129, "ptrace": 117,
        "mount": 40, "tkill": 130, "tgkill": 131, "add_key": 217, "keyctl": 219, "unshare": 97,
        "perf_event_open": 241, "prlimit64": 261, "setns": 268, "process_vm_readv": 270, "process_vm_writev": 271,
        "bpf": 280, "execveat": 281,
    }),
}  # fmt: skip
"""By architecture: its name for the kernel, and the numbers of what is forbidden there."""

_EVERYWHERE = {"pidfd_send_signal": 424, "io_uring_setup": 425, "pidfd_open": 434, "pidfd_getfd": 438}
_CLONE3 = 435
"""Its arguments lie in memory, where a filter cannot look; the C library falls back to ``clone``."""


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


def forbid() -> None:
    """Give up sockets, further processes, and all that reaches into others. Raises OSError where it cannot be done."""
    name = os.uname().machine
    if name not in _MACHINES:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
    code = _code(*_MACHINES[name])
    held = ctypes.create_string_buffer(code, len(code))
    program = _Program(len(code) // 8, ctypes.cast(held, ctypes.c_void_p))
    give_up_privileges()
    process_control(_SET_SECCOMP, _FILTER, ctypes.byref(program))


def _code(architecture: int, numbers: dict[str, int]) -> bytes:
    refused = [number for name, number in numbers.items() if name != "clone"] + list(_EVERYWHERE.values())
    steps = [
        _step(_LOAD, _ARCHITECTURE),
        _step(_EQUAL, architecture, 1, 0),
        _step(_RETURN, _KILL),
        _step(_LOAD, _NUMBER),
        _step(_AT_LEAST, 0x40000000, 0, 1),  # another way to number system calls
        _step(_RETURN, _KILL),
        _step(_EQUAL, _CLONE3, 0, 1),
        _step(_RETURN, _REFUSE | errno.ENOSYS),
        _step(_EQUAL, numbers["clone"], 0, 4),
        _step(_LOAD, _FIRST_ARGUMENT),
        _step(_SET, _CLONE_THREAD, 1, 0),
        _step(_RETURN, _REFUSE | errno.EPERM),
        _step(_RETURN, _ALLOW),
    ]
    for number in refused:
        steps += [_step(_EQUAL, number, 0, 1), _step(_RETURN, _REFUSE | errno.EPERM)]
    return b"".join([*steps, _step(_RETURN, _ALLOW)])


def _step(code: int, value: int, if_so: int = 0, if_not: int = 0) -> bytes:
    """An instruction of the kernel's filter; the two numbers are of instructions to leave out."""
    return struct.pack("HBBI", code, if_so, if_not, value)
