"""The folder of a private node: what it is configured with, and what it leaves behind. Text in, text out.

Nothing of the machine's own RabbitMQ is used but the program: own data, logs, cookie, account, ports and
environment, and all of it on the loopback interface.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from urllib.parse import quote

from exchange.broker.private import keeper
from exchange.broker.private.alias import plain_path
from exchange.broker.private.hosts import names_for_erlang
from exchange.broker.private.ports import Ports
from exchange.broker.private.seat import ALONE, ClusterSeat
from exchange.broker.traffic.topology import MAX_BODY
from exchange.machine.files import make_folder, read_json, write_file, write_secret

ADMIN = "yizhan"
"""The node's administrator; `guest` does not exist on it."""

NODE_MARK = "YIZHAN_NODE"
"""Environment variable of a server that says whose it is, see `mark_of`."""

_NAMES = "names.inetrc"
"""File of the addresses that Erlang knows beside the system's."""

_PLUGINS = ("rabbitmq_management", "rabbitmq_shovel", "rabbitmq_shovel_management")
"""The management API; links between levels; and how the links stand, in that API."""


@dataclass(frozen=True)
class NodeFolder:
    """Names of everything in a node's folder."""

    root: Path

    @property
    def seen(self) -> Path:
        """The path by which RabbitMQ knows the folder."""
        return plain_path(self.root)

    @property
    def ports(self) -> Path:
        """The chosen ports, kept so that the node's address stays the same."""
        return self.root / "ports.json"

    @property
    def password(self) -> Path:
        """The administrator's password, readable by its owner only."""
        return self.root / "admin.password"

    @property
    def server_pid(self) -> Path:
        """Process id of the running server; written and removed by it."""
        return self.root / "server.pid"

    @property
    def keeper_pid(self) -> Path:
        """Process id of the keeper that ends the server with its owner."""
        return self.root / keeper.PID_FILE

    @property
    def version(self) -> Path:
        """The version of RabbitMQ that the data was last used by."""
        return self.root / "version"

    def read_version(self) -> tuple[int, ...]:
        """Read the version that the data was last used by; empty where that is not known."""
        text = _words(self.version)
        return tuple(int(part) for part in text.split(".")) if _VERSION.fullmatch(text) else ()

    @property
    def startup_log(self) -> Path:
        """What the server printed."""
        return self.root / "log" / "startup.log"

    @property
    def server_log(self) -> Path:
        """The server's own log."""
        return self.root / "log" / "rabbitmq.log"

    def read_ports(self) -> Ports | None:
        """Read the ports chosen before, if any."""
        found = read_json(self.ports) or {}
        names = [field.name for field in fields(Ports)]
        return Ports(*(found[name] for name in names)) if all(_is_port(found.get(name)) for name in names) else None

    @property
    def cookie(self) -> Path:
        """What nodes of a cluster, and the programs that speak to them, prove to each other that they belong by."""
        return self.root / ".erlang.cookie"

    @property
    def has_data(self) -> bool:
        """Whether the node has ever run."""
        data = self.root / "data"
        return data.is_dir() and any(data.iterdir())

    def share_secrets(self, first: NodeFolder) -> None:
        """Take over cookie and password of a cluster's first node."""
        make_folder(self.root, 0o700)
        for own, others in ((self.password, first.password), (self.cookie, first.cookie)):
            if _words(own) != _words(others):
                write_secret(own, _words(others))

    def prepare(self, ports: Ports, *, can_stamp: bool, seat: ClusterSeat = ALONE) -> None:
        """Make the folder with configuration, cookie and password; what holds data or a secret is kept."""
        make_folder(self.root, 0o700)
        self.root.chmod(0o700)
        for name in ("data", "log", "conf.d"):
            make_folder(self.root / name)
        is_new = self._make_secret(self.password)
        self._make_secret(self.cookie)
        write_file(self.ports, json.dumps(asdict(ports)))
        password, accounts = self.password.read_text(), ""
        if is_new and self.has_data:  # its data knows another password
            write_secret(self.root / "accounts.json", definitions(password))
            accounts = str(self.seen / "accounts.json")
        text = configuration(ports, password, can_stamp=can_stamp, accounts=accounts, seat=seat)
        write_secret(self.root / "rabbitmq.conf", text)
        write_file(self.root / "advanced.config", "[].\n")
        write_file(self.root / "environment", "")
        if seat.hosts:
            write_file(self.root / _NAMES, names_for_erlang(seat.hosts))
        write_file(self.root / "enabled_plugins", f"[{','.join(_PLUGINS)}].\n")

    def _make_secret(self, path: Path) -> bool:
        """Makes a secret where there is none, or an empty one, as a power cut may leave; whether it did."""
        if _words(path):
            return False
        write_secret(path, secrets.token_urlsafe(24))
        return True

    def last_lines(self, count: int = 8) -> str:
        """Read the end of the logs, to say why the server did not start."""
        lines: list[str] = []
        for log in (self.server_log, self.startup_log):
            if log.exists():
                lines += [line for line in log.read_text(errors="replace").splitlines() if line.strip()][-count:]
        return "\n    ".join(lines) or "(no log)"


def definitions(password: str) -> str:
    """Write the definitions that RabbitMQ is to read at its start so that the administrator has this password."""
    user = {"name": ADMIN, "password": password, "tags": "administrator"}
    rights = {"user": ADMIN, "vhost": "/", "configure": ".*", "write": ".*", "read": ".*"}
    return json.dumps({"users": [user], "vhosts": [{"name": "/"}], "permissions": [rights]})


def configuration(
    ports: Ports, password: str, *, can_stamp: bool, accounts: str = "", seat: ClusterSeat = ALONE
) -> str:
    """Write the text of rabbitmq.conf. ``can_stamp``: the version knows the interceptor that stamps arrivals.

    ``accounts``: a file of definitions to be read at this start. ``seat``: the node's place in a cluster.
    """
    lines = [
        f"listeners.tcp.1 = {seat.address}:{ports.amqp}",
        f"management.tcp.ip = {seat.address}",
        f"management.tcp.port = {ports.management}",
        f"default_user = {ADMIN}",
        f"default_pass = {password}",
        "disk_free_limit.absolute = 200MB",
        f"max_message_size = {MAX_BODY}",
        "raft.wal_max_size_bytes = 67108864",
        "log.file.level = info",
        "log.file.rotation.size = 10485760",
        "log.file.rotation.count = 5",
    ]
    if accounts:
        lines.append(f"load_definitions = {accounts}")
    if can_stamp:
        lines.append("message_interceptors.incoming.set_header_timestamp.overwrite = true")
    lines += seat.configuration()
    return "\n".join(lines) + "\n"


def environment(
    folder: NodeFolder,
    ports: Ports,
    inherited: Mapping[str, str] = os.environ,
    *,
    code: Sequence[Path] = (),
    seat: ClusterSeat = ALONE,
) -> dict[str, str]:
    """Return the server's whole environment: nothing of ours is handed on but PATH and language, and no password.

    ``code``: folders in which Erlang looks for code first, see `code_path`. ``seat``: the node's place in a cluster.
    """
    schedulers = min(4, os.cpu_count() or 1)
    first = " ".join(("-pa", *map(str, reversed(code)))) if code else ""  # each is put before those named before it
    seen = NodeFolder(folder.seen)
    root = seen.root
    named = {"ERL_INETRC": str(root / _NAMES)} if seat.hosts else {}
    return {
        **named,
        NODE_MARK: mark_of(folder.root),
        "PATH": inherited.get("PATH", os.defpath),
        "LANG": "C.UTF-8",
        "HOME": str(root),
        "ERL_EPMD_PORT": str(ports.epmd),
        "ERL_EPMD_ADDRESS": seat.address,
        "RABBITMQ_NODENAME": seat.name,
        "RABBITMQ_DIST_PORT": str(ports.distribution),
        "RABBITMQ_CONF_ENV_FILE": str(root / "environment"),
        "RABBITMQ_CONFIG_FILE": str(root / "rabbitmq.conf"),
        "RABBITMQ_CONFIG_FILES": str(root / "conf.d"),
        "RABBITMQ_ADVANCED_CONFIG_FILE": str(root / "advanced.config"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(root / "enabled_plugins"),
        "RABBITMQ_MNESIA_BASE": str(root / "data"),
        "RABBITMQ_LOG_BASE": str(root / "log"),
        "RABBITMQ_LOGS": str(seen.server_log),
        "RABBITMQ_PID_FILE": str(seen.server_pid),
        "ERL_CRASH_DUMP": str(root / "log" / "erl_crash.dump"),
        "RABBITMQ_SCHEDULER_BIND_TYPE": "u",
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": (
            f"+S {schedulers}:{schedulers} +sbwt none +sbwtdcpu none +sbwtdio none "  # members share its processors
            f"-kernel inet_dist_use_interface {{{seat.address.replace('.', ',')}}} {seat.arguments()} {first}".rstrip()
        ),
    }


def mark_of(root: Path) -> str:
    """Return what tells the server of one folder from all others: no path, which Erlang might be unable to read."""
    return hashlib.sha256(os.fsencode(root)).hexdigest()


def urls(ports: Ports, password: str, address: str = ALONE.address) -> tuple[str, str]:
    """Return the AMQP and the management address."""
    return (
        f"amqp://{ADMIN}:{quote(password, safe='')}@{address}:{ports.amqp}/%2F",
        f"http://{address}:{ports.management}",
    )


_VERSION = re.compile(r"[0-9]{1,4}(?:\.[0-9]{1,6}){1,3}")


def _is_port(value: object) -> bool:
    return isinstance(value, int) and 0 < value < 65_536


def _words(path: Path) -> str:
    try:
        return path.read_text().strip("\0 \n")
    except (OSError, ValueError):
        return ""
