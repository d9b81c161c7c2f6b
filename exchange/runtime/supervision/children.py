"""How this program starts itself again: the same code, whatever lies in the working folder or in Python's settings.

A child holds keys. It imports nothing from the folder it is started in, nor from PYTHONPATH: that is set to what
EXCHANGE_PYTHONPATH says, for rules that need libraries of their own. It is told what it needs and nothing else, and no
secret stands in its environment.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import exchange
from exchange.machine.handover import GIVEN, handed_over

GIVEN_PATH = "EXCHANGE_PYTHONPATH"
"""Environment variable: folders that serving processes may import from."""

ADMINISTRATORS = frozenset({"EXCHANGE_BROKER_URL", "EXCHANGE_MANAGEMENT_URL"})
"""Settings that only what administers the domain needs: members have accounts of their own."""

_PLAIN = frozenset({
    "PATH", "HOME", "USER", "LOGNAME", "SHELL", "TZ", "TMPDIR", "TERM", "COLUMNS", "NO_COLOR", "LANG", "LANGUAGE",
    "SOFTHSM2_CONF", "LD_LIBRARY_PATH", "CREDENTIALS_DIRECTORY", "PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX",
    "PYTHONUNBUFFERED",
})  # fmt: skip
"""What holds no secret and may be seen."""

_PLAIN_OF_A_KIND = ("LC_", "XDG_", "SSL_CERT_", "MALLOC_")

_OF_A_MEMBER = ("EXCHANGE_", "AWS_", "OTEL_", "PG")
"""Settings of what a member works with: the domain, stores of attachments, traces, PostgreSQL."""

_OF_PROXIES = frozenset({"http_proxy", "https_proxy", "all_proxy", "no_proxy"})

_CHANGES_IMPORTS = ("PYTHON", "LD_")

_OF_THIS_PROCESS = frozenset({GIVEN, "EXCHANGE_SUPERVISED", "EXCHANGE_HEARTBEAT", "EXCHANGE_LOG", "EXCHANGE_DETACHED"})
"""What somebody told this process of itself."""


@dataclass(frozen=True)
class Surroundings:
    """The settings of a child process."""

    plain: Mapping[str, str]
    """Its environment, which whoever may look at the process sees, and its own children inherit."""
    secret: Mapping[str, str]
    """What is handed over to it unseen (`exchange.machine.handover`)."""

    @contextmanager
    def handed_over(self, **further: str) -> Iterator[tuple[dict[str, str], tuple[int, ...]]]:
        """Yield a child's environment, with what is added to it, and the descriptors that it inherits."""
        with handed_over(self.secret) as descriptor:
            if descriptor is None:
                yield {**self.plain, **further}, ()
            else:
                yield {**self.plain, **further, GIVEN: str(descriptor)}, (descriptor,)


def child_command(*words: str) -> list[str]:
    """Return the command line that runs `exchange` with these words."""
    return [sys.executable, "-P", "-m", "exchange", *words]


def child_surroundings(
    given: Mapping[str, str],
    inherited: Mapping[str, str] | None = None,
    *,
    administers: bool = False,
    secret: Mapping[str, str] | None = None,
) -> Surroundings:
    """Return the settings of a child process: what it needs of ours, together with what is ``given``, to be seen.

    What changes what Python imports is left out. A member's process gets what a member works with; one that
    ``administers`` the domain gets all settings, the broker's administrator too. ``secret`` takes the place of settings
    that are handed over.
    """
    inherited = os.environ if inherited is None else inherited
    path = [folder for folder in (_own_code(inherited), inherited.get(GIVEN_PATH)) if folder]
    safe = {"PYTHONSAFEPATH": "1", "PYTHONUTF8": "1"} | ({"PYTHONPATH": os.pathsep.join(path)} if path else {})
    plain = {name: value for name, value in inherited.items() if _is_plain(name)}
    needed = _is_wanted_here if administers else _is_a_members
    unseen = {name: value for name, value in inherited.items() if not _is_plain(name) and needed(name)}
    unseen = {name: value for name, value in {**unseen, **(secret or {})}.items() if name not in given}
    return Surroundings({**plain, **safe, **given}, unseen)


def _is_plain(name: str) -> bool:
    return name in _PLAIN or name.startswith(_PLAIN_OF_A_KIND)


def _is_wanted_here(name: str) -> bool:
    return not name.startswith(_CHANGES_IMPORTS) and name not in _OF_THIS_PROCESS


def _is_a_members(name: str) -> bool:
    if name in ADMINISTRATORS or name in _OF_THIS_PROCESS:
        return False
    return name.startswith(_OF_A_MEMBER) or name.lower() in _OF_PROXIES


def _own_code(inherited: Mapping[str, str]) -> str | None:
    """The folder of this program's own code, where nothing but PYTHONPATH or the working folder led to it."""
    root = Path(exchange.__file__).resolve().parent.parent
    led = [Path(one or ".").resolve() for one in inherited.get("PYTHONPATH", "").split(os.pathsep)]
    return str(root) if root in (Path.cwd(), *led) and os.pathsep not in str(root) else None
