"""The private broker as a cluster: grown from one node, healed after kills, looked after while it serves."""

from __future__ import annotations

import stat
import threading
from collections.abc import Iterator

import psutil
import pytest

from exchange.broker.admin.management import ManagementClient
from exchange.broker.admin.node_info import NodeInfo
from exchange.broker.admin.nodes import queue_places
from exchange.broker.admin.probe import server_version
from exchange.broker.admin.provision import missing_queues, provision, queue_names
from exchange.broker.admin.silence import silent_queues
from exchange.broker.private.broker import PrivateBroker
from exchange.broker.private.node_files import NodeFolder
from exchange.errors import NotFound, OperatorError
from exchange.machine.urls import each_host
from exchange.messaging.ports import PublishOutcome
from exchange.runtime.supervision.broker_watch import BrokerWatch
from exchange.runtime.supervision.node_watch import NodePatience
from tests.contract.traffic import PATIENCE, Taken, consuming, eventually, numbers, publications, publishing, put

pytestmark = pytest.mark.broker

MEMBERS = ["city.a", "city.b"]


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[PrivateBroker, NodeInfo]]:
    """A node with messages in its queues, which became a cluster of three."""
    folder = tmp_path_factory.mktemp("cluster") / "node"
    single = PrivateBroker(folder)
    info = single.start(print)
    provision(info.url, MEMBERS, MEMBERS[:1], print, settle=2.0)
    put(info.url, "city.b", publications("city.a.inbox", 20))
    with pytest.raises(OperatorError, match="runs and cannot get more"):
        PrivateBroker(folder, 3).start(print)
    single.stop()
    cluster = PrivateBroker(folder, 3)
    yield cluster, cluster.start(print)
    cluster.stop()


@pytest.fixture
def cluster(grown: tuple[PrivateBroker, NodeInfo]) -> PrivateBroker:
    return grown[0]


@pytest.fixture
def info(grown: tuple[PrivateBroker, NodeInfo]) -> NodeInfo:
    return grown[1]


def all_online(cluster: PrivateBroker, info: NodeInfo) -> bool:
    """Whether every queue has three replicas, and all keep up."""
    with ManagementClient(str(info.management_url), info.url) as management:
        places = queue_places(management)
    return bool(places) and all(len(place.members) == len(place.online) == 3 and place.leader for place in places)


def test_a_node_grows_to_a_cluster_whose_queues_lie_on_all_nodes(cluster: PrivateBroker, info: NodeInfo) -> None:
    assert len(each_host(info.url)) == len(each_host(str(info.management_url))) == 3
    assert [state.running for state in cluster.states()] == [True] * 3
    eventually(lambda: all_online(cluster, info), "three replicas of every queue", 60)
    assert PrivateBroker(cluster.nodes[0].folder).found() == info, "who comes later finds all three"
    taken = Taken()
    with consuming(info.url, ["city.a.inbox"], taken.take):
        taken.wait(lambda: numbers(taken.all) == list(range(20)), "what lay in the single node's queue")


def test_it_never_shrinks(cluster: PrivateBroker) -> None:
    with pytest.raises(OperatorError, match="has 3 nodes and cannot have 1"):
        PrivateBroker(cluster.nodes[0].folder, 1)


def test_all_nodes_share_one_secret_that_is_the_owners_alone_and_listen_on_loopback(cluster: PrivateBroker) -> None:
    folders = [NodeFolder(node.folder) for node in cluster.nodes]
    assert len({folder.cookie.read_text() for folder in folders}) == 1
    for folder in folders:
        assert stat.S_IMODE(folder.root.stat().st_mode) & 0o077 == 0
        for secret in (folder.cookie, folder.password, folder.root / "rabbitmq.conf"):
            assert stat.S_IMODE(secret.stat().st_mode) & 0o077 == 0
        server = psutil.Process(int(folder.server_pid.read_text()))
        listening = [each for each in server.net_connections("inet") if each.status == psutil.CONN_LISTEN]
        assert {each.laddr.ip for each in listening} == {"127.0.0.1"}
        assert folder.cookie.read_text() not in " ".join(server.cmdline())


def test_clients_go_on_without_the_leader_of_a_queue_which_comes_back(cluster: PrivateBroker, info: NodeInfo) -> None:
    queue = "city.b.inbox"
    eventually(lambda: all_online(cluster, info), "three replicas of every queue", 60)
    leader = cluster.node_named(cluster.place(queue).leader)
    said: list[str] = []
    watch = BrokerWatch(
        cluster, info, said.append, lambda info: None, said.clear, threading.Event(), NodePatience(every=600.0)
    )
    taken = Taken()
    with publishing(info.url, "city.a") as (publisher, fates), consuming(info.url, [queue], taken.take):
        publisher.publish(publications(queue, 100))
        leader.kill()
        publisher.publish(publications(queue, 100, first=100))
        fates.wait(lambda: len(fates.all) >= 200, "a fate for each", 2 * PATIENCE)
        leader.await_end()
        assert server_version(info.url), "the others answer"
        assert missing_queues(info.url, MEMBERS, MEMBERS[:1]) == []
        assert silent_queues(info.url, queue_names(MEMBERS, MEMBERS[:1])) == []
        assert len([state for state in cluster.states() if state.running]) == 2
        confirmed = {number for number, fate in fates.of(200).items() if fate.outcome is PublishOutcome.CONFIRMED}
        taken.wait(lambda: confirmed <= set(numbers(taken.all)), "all that was confirmed", 2 * PATIENCE)

        def back() -> bool:
            watch.look()
            return leader.alive and all_online(cluster, info)

        eventually(back, "the node's return", 2 * PATIENCE)
    assert any(f"node {leader.seat.number} of the private cluster died" in one for one in said)
    assert cluster.info == info, "under its address"


def test_a_queue_that_is_not_there_has_no_place(cluster: PrivateBroker) -> None:
    with pytest.raises(NotFound):
        cluster.place("city.c.inbox")
