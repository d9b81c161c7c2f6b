"""The folder of a private node: what it is configured with, and what it leaves behind. Text in, text out.

Nothing of the machine's own RabbitMQ is used but the program: own data, logs, cookie, account, ports and
environment, and all of it on the loopback interface.
"""

from __future__ import annotations

import json
import os
import secrets
import socket
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import quote

from exchange.clock import monotonic

ADMIN = "yizhan"
"""The node's administrator; `guest` does not exist on it."""

NODE_NAME = "yizhan@localhost"

_PORTS = range(21_000, 29_000)
"""Outside what the system gives to outgoing connections, so that a port is still free after a restart."""

_PLUGINS = ("rabbitmq_management", "rabbitmq_shovel", "rabbitmq_shovel_management")
"""The management API; links between levels; and how the links stand, in that API."""

_LETTING_GO = 5.0
"""Seconds that a server which has just ended may take to let go of its ports."""


@dataclass(frozen=True)
class Ports:
    """The node's TCP ports on 127.0.0.1: AMQP, management API, Erlang's port mapper and distribution."""

    amqp: int
    management: int
    epmd: int
    distribution: int


@dataclass(frozen=True)
class NodeFolder:
    """Names of everything in a node's folder."""

    root: Path

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
        return self.root / "keeper.pid"

    @property
    def startup_log(self) -> Path:
        """What the server printed."""
        return self.root / "log" / "startup.log"

    @property
    def server_log(self) -> Path:
        """The server's own log."""
        return self.root / "log" / "rabbitmq.log"

    def read_ports(self) -> Ports | None:
        """The ports chosen before, if any."""
        return Ports(**json.loads(self.ports.read_text())) if self.ports.exists() else None

    def prepare(self, ports: Ports, *, can_stamp: bool) -> None:
        """Makes the folder with configuration, cookie and password; what holds data or a secret is kept."""
        self.root.mkdir(parents=True, exist_ok=True)
        self.root.chmod(0o700)
        for name in ("data", "log", "conf.d"):
            (self.root / name).mkdir(exist_ok=True)
        for secret in (self.password, self.root / ".erlang.cookie"):
            if not secret.exists():
                _write(secret, secrets.token_urlsafe(24))
        self.ports.write_text(json.dumps(asdict(ports)))
        _write(self.root / "rabbitmq.conf", configuration(ports, self.password.read_text(), can_stamp=can_stamp))
        (self.root / "advanced.config").write_text("[].\n")
        (self.root / "environment").write_text("")
        (self.root / "enabled_plugins").write_text(f"[{','.join(_PLUGINS)}].\n")

    def last_lines(self, count: int = 8) -> str:
        """The end of the logs, to say why the server did not start."""
        lines: list[str] = []
        for log in (self.server_log, self.startup_log):
            if log.exists():
                lines += [line for line in log.read_text(errors="replace").splitlines() if line.strip()][-count:]
        return "\n    ".join(lines) or "(no log)"


def configuration(ports: Ports, password: str, *, can_stamp: bool) -> str:
    """The text of rabbitmq.conf. ``can_stamp``: the version knows the interceptor that stamps arrivals."""
    lines = [
        f"listeners.tcp.1 = 127.0.0.1:{ports.amqp}",
        "management.tcp.ip = 127.0.0.1",
        f"management.tcp.port = {ports.management}",
        f"default_user = {ADMIN}",
        f"default_pass = {password}",
        "disk_free_limit.absolute = 200MB",
        "max_message_size = 16777216",
        "raft.wal_max_size_bytes = 67108864",
        "log.file.level = info",
        "log.file.rotation.size = 10485760",
        "log.file.rotation.count = 5",
    ]
    if can_stamp:
        lines.append("message_interceptors.incoming.set_header_timestamp.overwrite = true")
    return "\n".join(lines) + "\n"


def environment(folder: NodeFolder, ports: Ports, inherited: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The server's whole environment: nothing of ours is handed on but PATH and language, least of all passwords."""
    schedulers = min(4, os.cpu_count() or 1)
    root = folder.root
    return {
        "PATH": inherited.get("PATH", os.defpath),
        "LANG": "C.UTF-8",
        "HOME": str(root),
        "ERL_EPMD_PORT": str(ports.epmd),
        "ERL_EPMD_ADDRESS": "127.0.0.1",
        "RABBITMQ_NODENAME": NODE_NAME,
        "RABBITMQ_DIST_PORT": str(ports.distribution),
        "RABBITMQ_CONF_ENV_FILE": str(root / "environment"),
        "RABBITMQ_CONFIG_FILE": str(root / "rabbitmq.conf"),
        "RABBITMQ_CONFIG_FILES": str(root / "conf.d"),
        "RABBITMQ_ADVANCED_CONFIG_FILE": str(root / "advanced.config"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(root / "enabled_plugins"),
        "RABBITMQ_MNESIA_BASE": str(root / "data"),
        "RABBITMQ_LOG_BASE": str(root / "log"),
        "RABBITMQ_LOGS": str(folder.server_log),
        "RABBITMQ_PID_FILE": str(folder.server_pid),
        "RABBITMQ_SCHEDULER_BIND_TYPE": "u",
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": (
            f"+S {schedulers}:{schedulers} -kernel inet_dist_use_interface {{127,0,0,1}}"
        ),
    }


def urls(ports: Ports, password: str) -> tuple[str, str]:
    """The AMQP and the management address."""
    return (
        f"amqp://{ADMIN}:{quote(password, safe='')}@127.0.0.1:{ports.amqp}/%2F",
        f"http://127.0.0.1:{ports.management}",
    )


def choose_ports(before: Ports | None) -> Ports:
    """The ports of before, given a moment to become free after a server that has just ended; else four free ones."""
    until, pause = monotonic() + _LETTING_GO, threading.Event()
    while before is not None and monotonic() < until:
        if all(_is_free(port) for port in asdict(before).values()):
            return before
        pause.wait(0.1)
    found: list[int] = []
    while len(found) < 4:
        port = secrets.choice(_PORTS)
        if port not in found and _is_free(port):
            found.append(port)
    return Ports(*found)


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def _write(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_text(text)
