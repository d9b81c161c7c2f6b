"""Looking after the private node: it may come back elsewhere, or not at once; both are said, neither is raised."""

from __future__ import annotations

import shutil
import socket
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import psutil
import pytest

from exchange.broker.admin.exercise import Condition, Exercise, Exercised
from exchange.broker.admin.node_info import NodeInfo
from exchange.broker.admin.probe import server_version
from exchange.broker.admin.provision import missing_queues, provision, queue_names
from exchange.broker.admin.silence import silent_queues
from exchange.broker.private import installation
from exchange.broker.private.elections import elect_leaders
from exchange.broker.private.node import PrivateNode
from exchange.broker.private.node_files import NodeFolder
from exchange.clock import RealClock
from exchange.operations.health.checkups import silence
from exchange.runtime.settings import Settings
from exchange.runtime.supervision.node_watch import NodePatience, NodeWatch
from exchange.runtime.supervision.supervised import Backoff
from tests.contract.traffic import Taken, consuming, eventually, numbers, publications, put

pytestmark = pytest.mark.broker


class Watched:
    """A node that is looked after, with everything that was said and done about it."""

    def __init__(self, node: PrivateNode, folder: Path) -> None:
        self.folder = NodeFolder(folder)
        self.node = node
        self.said: list[str] = []
        self.provisioned: list[NodeInfo] = []
        self.moves = 0
        self.free = 10**9
        self.watch = NodeWatch(
            self.node,
            self.node.start(self.said.append),
            self.said.append,
            self.provisioned.append,
            self._moved,
            threading.Event(),
            Backoff(first=0.0, most=0.0),
            NodePatience(every=0.2, exercise=1.0, failures=3, grace=0.5),
            lambda folder: self.free,
        )

    def _moved(self) -> None:
        self.moves += 1

    @property
    def server(self) -> psutil.Process:
        return psutil.Process(int(self.folder.server_pid.read_text()))

    def look_until(self, text: str) -> None:
        """Looks as `exchange up` does, until that is said."""

        def said() -> bool:
            self.watch.look()
            return any(text in one for one in self.said)

        eventually(said, text, 60)

    def settings(self) -> Settings:
        """Those of a domain whose own node it is."""
        return Settings(
            home=self.folder.root.parent, broker_url=None, management_url=None, database_url=None, clock=RealClock()
        )

    def exercise_until_it_works(self) -> None:
        works = Exercised(Condition.WORKS)
        eventually(lambda: Exercise(self.watch.info, 10).run() == works, "a message through the node", 90)

    def kill(self) -> None:
        psutil.Process(int(self.folder.server_pid.read_text())).kill()
        eventually(lambda: not self.node.alive, "the node's end")


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[PrivateNode, Path]]:
    """A node that the tests of this module may hurt, and its folder."""
    folder = tmp_path_factory.mktemp("own") / "node"
    node = PrivateNode(folder)
    yield node, folder
    node.stop()


@pytest.fixture
def watched(own: tuple[PrivateNode, Path]) -> Watched:
    return Watched(*own)


def test_a_node_whose_port_was_taken_meanwhile_comes_back_elsewhere_and_the_roles_are_told(watched: Watched) -> None:
    before, ports = watched.watch.info, watched.folder.read_ports()
    assert ports is not None
    watched.kill()
    with socket.create_server(("127.0.0.1", ports.amqp)):
        watched.watch.look()
    assert watched.watch.info != before
    assert watched.provisioned == [watched.watch.info]
    assert watched.moves == 1
    assert server_version(watched.watch.info.url)


def test_a_node_that_does_not_start_is_tried_again_until_it_does(
    watched: Watched, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "rabbitmq-server"
    broken.write_text("#!/bin/sh\nexit 1\n")
    broken.chmod(0o700)
    watched.kill()
    with monkeypatch.context() as patched:
        patched.setenv(installation.OVERRIDE, str(broken))
        watched.watch.look()
    assert "did not start" in watched.said[-1]
    assert "tried again in" in watched.said[-1]
    watched.watch.look()
    assert watched.node.alive
    assert watched.provisioned == [watched.watch.info]
    assert watched.moves == 0
    assert sum("the private node died" in line for line in watched.said) == 1


def test_a_healthy_node_is_left_alone(watched: Watched) -> None:
    before = list(watched.said)
    watched.watch.look()
    assert watched.said == before
    assert watched.provisioned == []


def test_a_node_that_takes_connections_and_answers_nothing_is_started_again_once_its_disk_has_room(
    watched: Watched,
) -> None:
    before = watched.server
    watched.free = 1_000_000
    before.suspend()
    watched.look_until("lives and does not work")
    watched.look_until("the disk of the private node is full (1 MB free")
    assert not any("is ended" in one for one in watched.said)
    assert watched.server.pid == before.pid
    watched.free = 10**9
    watched.look_until("is ended and started again")
    eventually(lambda: bool(watched.provisioned) or watched.watch.look() is not None, "the node's return", 60)
    assert watched.server.pid != before.pid
    assert server_version(watched.watch.info.url)


def test_a_node_that_works_is_left_alone(watched: Watched) -> None:
    before = watched.server.pid
    watched.exercise_until_it_works()
    watched.watch.look()
    assert watched.server.pid == before


def test_queues_that_were_being_made_when_the_node_was_killed_answer_again(watched: Watched) -> None:
    watched.exercise_until_it_works()
    info, members = watched.watch.info, ["city.a"]
    provision(info.url, members, members, watched.said.append, settle=0.0)
    queues = queue_names(members, members)
    assert silent_queues(info.url, queues) == []
    watched.kill()
    for kept in watched.folder.root.glob("data/*/quorum/*/*"):  # they are on record, and their logs were not begun
        shutil.rmtree(kept) if kept.is_dir() else kept.unlink()
    watched.watch.look()
    condemned = Exercise(watched.watch.info, 2).run()
    assert condemned.condition is Condition.BROKEN
    assert "publish" in str(condemned.reason)
    watched.exercise_until_it_works()

    info = watched.watch.info
    assert missing_queues(info.url, members, members) == []
    (finding,) = silence.queues(watched.settings(), {info.url: queues})
    assert all(queue in finding.finding for queue in queues)
    assert "exchange init" in finding.remedy
    elect = partial(elect_leaders, watched.folder.root)
    provision(info.url, members, members, watched.said.append, elect=elect)
    assert "answer nothing, as after a node that was killed" in watched.said[-2]
    assert "they have a leader now" in watched.said[-1]
    assert list(silence.queues(watched.settings(), {info.url: queues})) == []
    put(info.url, "city.b", publications("city.a.inbox", 3))
    taken = Taken()
    with consuming(info.url, ["city.a.inbox"], taken.take):
        taken.wait(lambda: numbers(taken.all) == [0, 1, 2], "what was sent to a queue that began late")
