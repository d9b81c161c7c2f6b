"""A private RabbitMQ node in a folder: started, found again, and stopped with the process that started it."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import filelock
import psutil  # type: ignore[import-untyped]

from exchange.broker.admin.node_info import NodeInfo
from exchange.broker.private import keeper
from exchange.broker.private.alias import drop_link
from exchange.broker.private.code_path import code_path
from exchange.broker.private.installation import Installation, check_data, find_installation
from exchange.broker.private.node_files import NODE_MARK, NodeFolder, environment, mark_of, urls
from exchange.broker.private.node_processes import LOOK_EVERY, end_process, has_owner, process_of, wait_for_end
from exchange.broker.private.ports import Ports, choose_ports
from exchange.broker.private.readiness import serves
from exchange.broker.private.seat import ALONE, ClusterSeat
from exchange.clock import monotonic
from exchange.errors import OperatorError
from exchange.language import tr
from exchange.machine.files import lock_file, make_folder, open_file, refuse_foreign, write_file

Say = Callable[[str], None]

SharedEpmd = Callable[[], int | None]
"""Tells the port of the port mapper that the nodes of a cluster use at this moment; None for a node that is alone."""

START_PATIENCE = 120.0
"""Seconds a server has to become ready; a few on an idle machine."""

_SAY_EVERY = 5.0


class PrivateNode:
    """The RabbitMQ node of ``folder``, which holds its data, configuration, secrets and logs."""

    def __init__(self, folder: Path, seat: ClusterSeat = ALONE, shared_epmd: SharedEpmd = lambda: None) -> None:
        self._folder = NodeFolder(folder.resolve())  # by whatever name the folder is reached, it is one node
        self.seat = seat
        self._shared_epmd = shared_epmd
        self._keeper: subprocess.Popen[bytes] | None = None
        self._borrowed = False

    @property
    def alive(self) -> bool:
        """Whether its keeper runs, which ends when the server does."""
        if self._keeper is not None:
            return self._keeper.poll() is None
        return self._find_keeper() is not None

    @property
    def info(self) -> NodeInfo | None:
        """How to reach the node, by what it left in its folder; whether it runs is another question. None: no node."""
        try:
            ports = self._folder.read_ports()
            return self._info(ports) if ports is not None else None
        except OSError:
            return None

    def start(
        self, say: Say, *, detach: bool = False, owner: int | None = None, stop: threading.Event | None = None
    ) -> NodeInfo:
        """Start the node and wait until it serves; one that is running already is used as it is.

        It ends with the process ``owner`` (default: this one), even by SIGKILL, unless ``detach``. ``stop`` ends the
        wait. Raises OperatorError when RabbitMQ is not installed or does not start; the message ends with its last
        log lines. So it does for root in somebody else's folder: the node's data and logs would become root's.
        """
        with self._locked():
            self._expect_own()
            running = self._running()
            if running is not None:
                say(tr("broker: {node} is running already", node=self.seat.label))
                self._borrowed = self._keeper is None
                return running
            self._clear_away(say)
            self._borrowed = False
            return self._start(find_installation(), say, 0 if detach else owner or os.getpid(), stop)

    def found(self) -> NodeInfo | None:
        """Return how to reach the node, if it is running; starts nothing and makes no folder."""
        return self._running() if self._folder.root.exists() else None

    def stop(self) -> None:
        """Stop the node and wait for its end; one that `start` found running is left to whoever runs it."""
        if self._borrowed:
            return
        with self._locked():
            kept = self._find_keeper()
            if kept is not None:
                kept.terminate()
                wait_for_end(kept)
            if self._keeper is not None:
                self._keeper.terminate()  # where its note is gone nobody has asked it to end
                self._keeper.wait()
                self._keeper = None
            self._clear_away(lambda text: None)

    def kill(self, number: int = signal.SIGKILL) -> None:
        """Send a signal to the server alone, as a fault would: SIGKILL, or SIGSTOP and SIGCONT."""
        server = self._server()
        if server is not None:
            with contextlib.suppress(psutil.NoSuchProcess):
                server.send_signal(number)

    def await_end(self) -> None:
        """Wait for the end of a server that was killed, and of its keeper."""
        kept = self._find_keeper()
        if kept is not None:
            wait_for_end(kept)
        if self._keeper is not None:
            self._keeper.wait()
            self._keeper = None

    def end(self, grace: float) -> None:
        """End a server that does not work: asked first, killed after ``grace`` seconds. `start` starts it again."""
        with self._locked():
            server = self._server()
            if server is not None:
                end_process(server, grace)
            kept = self._find_keeper()
            if kept is not None:
                kept.terminate()
                wait_for_end(kept)

    @property
    def folder(self) -> Path:
        """Where its data, configuration, secrets and logs lie."""
        return self._folder.root

    def _server(self) -> psutil.Process | None:
        """The server that runs in this folder, if one does."""
        server = process_of(self._folder.server_pid)
        try:
            return server if server is not None and self._is_marked(server.environ()) else None
        except psutil.Error:
            return None

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        """One process at a time starts or stops it. Raises FileUnusable, or OperatorError after a long wait."""
        make_folder(self._folder.root, 0o700)
        lock = lock_file(self._folder.root / "lock", START_PATIENCE)
        try:
            lock.acquire()
        except filelock.Timeout:
            raise OperatorError(
                "another process has been starting or stopping the private node in {folder} for {seconds} seconds",
                remedy="see what that is doing (`exchange up` or `init` there, perhaps stopped), end it, and try again",
                folder=self._folder.root,
                seconds=int(START_PATIENCE),
            ) from None
        try:
            yield
        finally:
            lock.release()

    def _running(self) -> NodeInfo | None:
        """The node, if its keeper lives and it answers."""
        ports = self._folder.read_ports()
        kept = self._find_keeper()
        if ports is None or kept is None or not has_owner(kept):
            return None
        info = self._info(ports)
        # Looked at again: a keeper that was just killed may still have been there a moment ago.
        return info if serves(info) and self._find_keeper() is not None else None

    def _start(self, installation: Installation, say: Say, owner: int, stop: threading.Event | None) -> NodeInfo:
        refuse_foreign(self._folder.root.parent, "exchange COMMAND")
        check_data(self._folder.read_version(), installation.version, self._folder.root)
        ports = choose_ports(self._folder.read_ports(), self._shared_epmd())
        self._folder.prepare(ports, can_stamp=installation.can_stamp, seat=self.seat)
        say(tr("broker: starting {installation} as {node}", installation=installation, node=self.seat.label))
        self._spawn(installation, ports, owner)
        info = self._info(ports)
        began = said = monotonic()
        pause = stop or threading.Event()
        while not serves(info):
            now = monotonic()
            if self._ended() or pause.is_set() or now - began > START_PATIENCE:
                raise self._failed(installation)
            if now - said >= _SAY_EVERY:
                said = now
                say(tr("broker: still starting ({now:.0f} s)", now=now - began))
            pause.wait(LOOK_EVERY)
        if installation.version:
            write_file(self._folder.version, ".".join(map(str, installation.version)))
        say(
            tr(
                "broker: ready after {monotonic:.1f} s on {address}:{amqp}",
                monotonic=monotonic() - began,
                address=self.seat.address,
                amqp=ports.amqp,
            )
        )
        return info

    def _spawn(self, installation: Installation, ports: Ports, owner: int) -> None:
        link = "" if self._folder.seen == self._folder.root else self._folder.seen
        arguments = [owner, self._folder.keeper_pid, ports.epmd, link, installation.server]
        with open_file(self._folder.startup_log, permissions=0o644) as log:
            self._keeper = subprocess.Popen(
                [*self.seat.enter, sys.executable, "-I", keeper.__file__, *map(str, arguments)],
                env=environment(self._folder, ports, code=code_path(installation.server, os.environ), seat=self.seat),
                cwd="/",  # not the folder: Erlang would see its true name
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _ended(self) -> bool:
        return self._keeper is None or self._keeper.poll() is not None

    def _failed(self, installation: Installation) -> OperatorError:
        if self._keeper is not None:
            self._keeper.terminate()
            self._keeper.wait()
            self._keeper = None
        return OperatorError(
            "{installation} did not start in {root}; its last words:\n    {last_lines}",
            remedy="see the logs in {parent}, or set EXCHANGE_BROKER_URL to another broker",
            installation=installation,
            root=self._folder.root,
            last_lines=self._folder.last_lines(),
            parent=self._folder.server_log.parent,
        )

    def _info(self, ports: Ports) -> NodeInfo:
        url, management = urls(ports, self._folder.password.read_text(), self.seat.address)
        return NodeInfo(url, management)

    def _expect_own(self) -> None:
        """Raises OperatorError where the node is run by another user: nobody else could end it, or share its files."""
        kept = self._find_keeper()
        with contextlib.suppress(psutil.Error):
            if kept is not None and os.geteuid() not in (0, kept.uids().effective):
                raise OperatorError(
                    "the private node in {folder} is run by the user {user}",
                    remedy="run this as {user}, or have {user} stop it first (Ctrl-C in its `exchange up`)",
                    folder=self._folder.root,
                    user=kept.username(),
                )

    def _find_keeper(self) -> psutil.Process | None:
        process = process_of(self._folder.keeper_pid)
        try:
            is_ours = process is not None and any(map(self._is_its_pid_file, process.cmdline()))
        except psutil.Error:
            return None
        return process if is_ours else None

    def _is_its_pid_file(self, argument: str) -> bool:
        """Whether a keeper's argument names this folder's file, by whatever name it was reached."""
        if not argument.endswith(keeper.PID_FILE):
            return False
        return os.path.realpath(argument) == str(self._folder.keeper_pid)

    def _is_marked(self, env: Mapping[str, str]) -> bool:
        """Whether a server's environment says that it is this folder's; HOME is what earlier releases marked it by."""
        return env.get(NODE_MARK) == mark_of(self._folder.root) or env.get("HOME") == str(self._folder.root)

    def _clear_away(self, say: Say) -> None:
        """Ends a server whose keeper is gone, or that does not answer: nobody looks after it any more."""
        kept = self._find_keeper()
        if kept is not None:
            kept.terminate()
            wait_for_end(kept)
        server = self._server()
        if server is not None:
            say(tr("broker: ending a server that was left behind"))
            server.send_signal(signal.SIGTERM)
            wait_for_end(server)
        ports = self._folder.read_ports()
        if ports is not None:
            keeper.end_port_mapper(ports.epmd)
        self._folder.server_pid.unlink(missing_ok=True)
        self._folder.keeper_pid.unlink(missing_ok=True)
        drop_link(self._folder.root)
