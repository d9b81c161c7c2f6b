"""The private node: found again, gone with its owner, surviving a kill, and telling nobody its secrets."""

from __future__ import annotations

import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from exchange.broker.admin.node_info import NodeInfo
from exchange.broker.admin.probe import server_version, stamps_arrival
from exchange.broker.admin.provision import provision
from exchange.broker.private import installation
from exchange.broker.private.installation import find_installation
from exchange.broker.private.node import PrivateNode
from exchange.broker.private.node_files import NodeFolder, environment
from exchange.errors import OperatorError
from exchange.messaging.ports import PublishOutcome
from tests.contract.traffic import PATIENCE, Taken, consuming, eventually, numbers, publications, publishing, put

pytestmark = pytest.mark.broker

ROOT = Path(__file__).resolve().parents[3]

OWNER = """
import sys, time
from pathlib import Path
from exchange.broker.private.node import PrivateNode
info = PrivateNode(Path(sys.argv[1])).start(lambda text: None, detach=sys.argv[2] == "detach")
print(info.url, flush=True)
if sys.argv[2] != "detach":
    time.sleep(600)
"""


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[PrivateNode, NodeFolder, NodeInfo]]:
    """A node that the tests of this module may hurt."""
    folder = tmp_path_factory.mktemp("own") / '驿站\'s 100% "new"' / "node"  # no plain path, see `broker/alias`
    node = PrivateNode(folder)
    yield node, NodeFolder(folder), node.start(print)
    node.stop()


@pytest.fixture
def member(own: tuple[PrivateNode, NodeFolder, NodeInfo], domain: str) -> str:
    """A member whose queues have settled."""
    provision(own[2].url, [f"{domain}.a"], [], print, settle=2.0)
    return f"{domain}.a"


def server_of(folder: NodeFolder) -> psutil.Process:
    """The process of the server itself."""
    return psutil.Process(int(folder.server_pid.read_text()))


def is_over(process: psutil.Process) -> bool:
    """Whether a process has ended, asked for its exit code or not."""
    return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE


def listens(port: int) -> bool:
    """Whether anybody listens there."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def start_elsewhere(folder: Path, how: str) -> subprocess.Popen[str]:
    """A process that starts the node of a folder; returns once it is up."""
    process = subprocess.Popen(
        [sys.executable, "-c", OWNER, str(folder), how], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline().startswith("amqp://"), "the node did not start"
    return process


def test_a_killed_server_comes_back_under_its_address_and_everyone_goes_on(
    own: tuple[PrivateNode, NodeFolder, NodeInfo], member: str
) -> None:
    node, folder, info = own
    queue = f"{member}.inbox"
    put(info.url, "t.a", publications(queue, 200))
    taken = Taken()
    with publishing(info.url, "t.a") as (publisher, fates), consuming(info.url, [f"{member}.inbox.urgent"], taken.take):
        killed = server_of(folder)
        killed.kill()
        eventually(lambda: is_over(killed), "the server's end")
        publisher.publish(publications(f"{member}.inbox.urgent", 100, first=200))
        assert node.start(print) == info
        lost = [number for number, fate in fates.of(100).items() if fate.outcome is PublishOutcome.LOST]
        publisher.publish(publications(f"{member}.inbox.urgent", 100, first=300))
        assert {fates.of(200)[number].outcome for number in range(300, 400)} == {PublishOutcome.CONFIRMED}
        expected = set(range(200, 400)) - set(lost)
        taken.wait(lambda: expected <= set(numbers(taken.all)), "what was sent around the kill", 2 * PATIENCE)
    with consuming(info.url, [queue], taken.take):
        taken.wait(lambda: set(range(200)) <= set(numbers(taken.all)), "what was confirmed before the kill")


def test_publications_wait_while_a_broker_short_of_memory_holds_the_connection(
    own: tuple[PrivateNode, NodeFolder, NodeInfo], member: str
) -> None:
    _, folder, info = own
    with publishing(info.url, "t.a", confirm_timeout=1.0) as (publisher, fates):
        set_watermark(folder, "0.000001")
        publisher.publish(publications(f"{member}.inbox", 1))
        eventually(lambda: publisher._blocked, "the broker's notice that it holds the connection")
        publisher.publish(publications(f"{member}.inbox", 50, first=1))
        with pytest.raises(AssertionError, match="did not happen"):
            fates.wait(lambda: bool(fates.all), "a fate while blocked", patience=3.0)
        set_watermark(folder, "0.6")
        assert fates.outcomes(51) == {PublishOutcome.CONFIRMED}


def set_watermark(folder: NodeFolder, share: str) -> None:
    """Sets the share of memory above which the broker takes nothing."""
    control = find_installation().server.with_name("rabbitmqctl")
    ports = folder.read_ports()
    assert ports is not None
    command = [str(control), "set_vm_memory_high_watermark", share]
    subprocess.run(command, env=environment(folder, ports), check=True, capture_output=True, timeout=60)


def test_secrets_are_the_owners_alone_and_in_no_process_list(own: tuple[PrivateNode, NodeFolder, NodeInfo]) -> None:
    _, folder, info = own
    for name in ("admin.password", ".erlang.cookie", "rabbitmq.conf"):
        assert stat.S_IMODE((folder.root / name).stat().st_mode) & 0o077 == 0, name
    password = folder.password.read_text()
    assert password in info.url
    assert password not in repr(info)
    server = server_of(folder)
    family = [*server.parents()[:2], server, *server.children(recursive=True)]
    for process in family:
        assert password not in " ".join(process.cmdline())
        assert password not in " ".join(process.environ().values())


def test_it_listens_on_the_loopback_interface_only(own: tuple[PrivateNode, NodeFolder, NodeInfo]) -> None:
    listening = [each for each in server_of(own[1]).net_connections("inet") if each.status == psutil.CONN_LISTEN]
    assert len(listening) == 3
    assert {each.laddr.ip for each in listening} == {"127.0.0.1"}


def test_it_stamps_arrivals_where_its_version_can(own: tuple[PrivateNode, NodeFolder, NodeInfo]) -> None:
    found = find_installation()
    assert server_version(own[2].url) == ".".join(map(str, found.version))
    assert stamps_arrival(own[2].url) is found.can_stamp


def test_a_second_start_finds_it_and_leaves_it_running(own: tuple[PrivateNode, NodeFolder, NodeInfo]) -> None:
    _, folder, info = own
    second = PrivateNode(folder.root)
    server = server_of(folder)
    assert second.start(print) == info
    second.stop()
    assert not is_over(server)
    assert server_of(folder) == server


def test_what_a_power_cut_left_empty_is_made_anew_and_the_data_is_kept(
    own: tuple[PrivateNode, NodeFolder, NodeInfo], member: str
) -> None:
    node, folder, info = own
    put(info.url, "t.a", publications(f"{member}.inbox", 3))
    node.stop()
    for path in (folder.password, folder.ports, folder.root / ".erlang.cookie", folder.keeper_pid, folder.server_pid):
        path.write_bytes(b"")
    anew = node.start(print)
    assert anew.url != info.url
    taken = Taken()
    with consuming(anew.url, [f"{member}.inbox"], taken.take):
        taken.wait(lambda: set(range(3)) <= set(numbers(taken.all)), "what was there before")


@pytest.fixture
def scratch(tmp_path: Path) -> Iterator[Path]:
    """A folder for a node; whatever a failed test leaves running there is ended."""
    yield tmp_path / "node"
    PrivateNode(tmp_path / "node").stop()


def test_it_ends_with_its_owner_even_if_the_owner_is_killed(scratch: Path) -> None:
    owner = start_elsewhere(scratch, "owned")
    folder = NodeFolder(scratch)
    server, ports = server_of(folder), folder.read_ports()
    assert ports is not None
    owner.send_signal(signal.SIGKILL)
    owner.wait()
    eventually(lambda: is_over(server), "the server's end")
    eventually(lambda: not folder.keeper_pid.exists(), "the keeper's end")
    assert not any(listens(port) for port in (ports.amqp, ports.management, ports.epmd, ports.distribution))


@pytest.mark.drill
def test_a_detached_one_outlives_its_owner_and_is_found_again(scratch: Path) -> None:
    owner = start_elsewhere(scratch, "detach")
    assert owner.wait(PATIENCE) == 0
    folder = NodeFolder(scratch)
    server = server_of(folder)
    info = PrivateNode(scratch).start(print)
    assert server_version(info.url)
    assert server_of(folder) == server

    keeper = psutil.Process(int(folder.keeper_pid.read_text()))
    keeper.kill()
    keeper.wait(10)
    assert PrivateNode(scratch).start(print) == info, "without its keeper it is cleared away and started anew"
    assert is_over(server)
    anew = server_of(folder)
    PrivateNode(scratch).stop()
    assert is_over(anew)


def test_a_server_that_does_not_start_is_reported_with_its_last_words(
    scratch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scratch.mkdir()
    broken = scratch / "rabbitmq-server"
    broken.write_text("#!/bin/sh\necho no schnapps, no start\nexit 1\n")
    broken.chmod(0o700)
    monkeypatch.setenv(installation.OVERRIDE, str(broken))
    with pytest.raises(OperatorError, match="no schnapps"):
        PrivateNode(scratch).start(print)


def test_a_machine_without_rabbitmq_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(installation, "_DISTRIBUTION", tmp_path / "none")
    with pytest.raises(OperatorError) as caught:
        find_installation({"PATH": str(tmp_path)})
    assert "apt-get install rabbitmq-server" in caught.value.remedy
