"""Several hosts of one broker: which is tried next and when, and how their one URL is taken apart."""

from __future__ import annotations

from pathlib import Path

import pytest

from exchange.broker.admin.shovels import LinkEnd, shovels_between
from exchange.broker.private.broker import PrivateBroker
from exchange.broker.private.hosts import NodeHost, names_for_erlang, read_hosts, write_hosts
from exchange.broker.private.node_files import NodeFolder, configuration, environment, urls
from exchange.broker.private.ports import Ports
from exchange.broker.private.seat import ALONE, ClusterSeat
from exchange.broker.traffic.hosts import MOVE_AFTER, MOVE_WITHIN, HostTurns
from exchange.broker.traffic.urls import (
    HEARTBEAT,
    HEARTBEAT_OF_SEVERAL,
    credentials,
    parameters,
    vhost,
    with_credentials,
    with_vhost,
)
from exchange.errors import BadConfiguration
from exchange.machine.urls import each_host, secrets_in, shown, with_hosts_of, without_account

SEVERAL = "amqps://admin:p%40ss@one:5671,two,[::1]:5673/domain?x=1"
PORTS = Ports(1, 2, 3, 4)


class Time:
    """A clock that a test moves."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


def turns(count: int, time: Time, chance: float = 0.0) -> HostTurns:
    return HostTurns(count, clock=time, chance=lambda: chance)


def test_a_lost_host_gives_way_to_the_next_at_once_and_is_not_tried_again_before_its_pause() -> None:
    time = Time()
    hosts = turns(3, time)
    tried = []
    for _ in range(3):
        tried.append(hosts.at)
        wait = hosts.failed()
        time.now += wait
    assert tried == [0, 1, 2]
    assert (hosts.at, wait) == (0, MOVE_AFTER), "all have failed: the first is due again meanwhile"
    for _ in range(20):
        time.now += hosts.failed()
    began, seen = time.now, []
    while time.now < began + 60:
        seen.append(hosts.at)
        time.now += hosts.failed()
    assert all(seen.count(host) <= 9 for host in range(3)), "each of three dead hosts once in 7.5 seconds or more"


def test_a_dead_host_costs_little_while_another_serves_and_is_used_again_once_that_is_lost() -> None:
    time = Time()
    hosts = turns(2, time)
    for _ in range(6):  # the first is dead, the second goes down now and then
        hosts.failed()
        assert hosts.at == 1
        hosts.served()
        time.now += 100
        hosts.failed()
        assert hosts.at == 0
        time.now += 1


def test_those_who_lose_a_host_together_come_to_the_next_apart() -> None:
    time = Time()
    assert turns(2, time, 0.0).failed() == MOVE_AFTER
    late = turns(2, time, 0.9)
    assert late.at == 1, "and do not begin with the same"
    assert late.failed() == pytest.approx(MOVE_AFTER + 0.9 * MOVE_WITHIN)


def test_a_single_host_is_tried_again_with_growing_patience() -> None:
    hosts = turns(1, Time(), 1.0 - 1e-9)
    waits = [hosts.failed() for _ in range(9)]
    assert waits[:4] == pytest.approx([0.25, 0.5, 1.0, 2.0])
    assert waits[-1] == pytest.approx(15.0)
    hosts.served()
    assert hosts.failed() == pytest.approx(0.25)


def test_a_url_of_several_hosts_is_one_broker() -> None:
    assert each_host(SEVERAL) == [
        "amqps://admin:p%40ss@one:5671/domain?x=1",
        "amqps://admin:p%40ss@two/domain?x=1",
        "amqps://admin:p%40ss@[::1]:5673/domain?x=1",
    ]
    assert with_hosts_of(each_host(SEVERAL)) == SEVERAL
    assert credentials(SEVERAL) == ("admin", "p@ss")
    assert vhost(SEVERAL) == "domain"
    assert with_vhost(SEVERAL, "/") == "amqps://admin:p%40ss@one:5671,two,[::1]:5673/%2F?x=1"
    assert with_credentials(SEVERAL, "c.b", "p/,") == "amqps://c.b:p%2F%2C@one:5671,two,[::1]:5673/domain?x=1"
    assert shown(SEVERAL) == "amqps://one:5671,two,[::1]:5673/domain"
    assert "p@ss" in secrets_in(SEVERAL)
    assert without_account("http://u:p@one:1,two:2/") == "http://one:1,two:2/"


def test_each_host_is_connected_to_with_its_own_name_and_port(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXCHANGE_ALLOW_PLAIN", "one, two")
    found = parameters("amqp://u:p@one:5673,two/v", "test")
    assert [(one.host, one.port, one.virtual_host) for one in found] == [("one", 5673, "v"), ("two", 5672, "v")]
    assert {one.heartbeat for one in found} == {HEARTBEAT_OF_SEVERAL}
    assert [one.heartbeat for one in parameters("amqp://u:p@one/v", "test")] == [HEARTBEAT]


@pytest.mark.parametrize("hosts", ["one:5672,two:none", "one,", ",one", "one,,two", "one:1,u:secret@two"])
def test_a_list_of_hosts_that_is_none_is_refused_without_its_password(hosts: str) -> None:
    with pytest.raises(BadConfiguration) as caught:
        parameters(f"amqp://u:secret@{hosts}/v", "test")
    assert "secret" not in caught.value.diagnostics()


def test_a_shovel_is_given_every_host_of_a_cluster_and_the_one_of_a_single_broker() -> None:
    lower, upper = LinkEnd("anhui.wuhu", "amqp://l:p@one:1,two:2/"), LinkEnd("anhui", "amqp://l:p@three:3/v")
    (up, _, down, _) = (shovel.value for shovel in shovels_between(lower, upper))
    hosts = [f"amqp://l:p@{host}/%2F?heartbeat=15&connection_timeout=10000" for host in ("one:1", "two:2")]
    assert (up["src-uri"], down["dest-uri"]) == (hosts, hosts)
    assert up["dest-uri"] == down["src-uri"] == "amqp://l:p@three:3/v?heartbeat=15&connection_timeout=10000"


def test_a_node_that_is_alone_is_configured_as_ever_and_one_of_three_joins_the_first() -> None:
    alone = configuration(PORTS, "pw", can_stamp=False)
    assert alone == configuration(PORTS, "pw", can_stamp=False, seat=ALONE)
    assert "cluster" not in alone
    first, third = (configuration(PORTS, "pw", can_stamp=False, seat=ClusterSeat(number, 3)) for number in (1, 3))
    assert "pause_minority" in first
    assert "cluster_formation" not in first, "it waits for nobody"
    assert "classic_config.nodes.1 = yizhan@localhost" in third
    assert ClusterSeat(1, 3).name == ALONE.name, "so that a node can grow to a cluster"
    assert len({ClusterSeat(number, 3).name for number in (1, 2, 3)}) == 3
    assert len({ClusterSeat(number, 3).room for number in (1, 2, 3)} | {ALONE.room}) == 4


HOSTS = tuple(NodeHost(f"host-{number}", f"192.0.2.1{number}", f"/proc/{number}/ns/net") for number in (1, 2, 3))


def test_a_node_on_a_host_of_its_own_listens_there_and_is_found_by_its_name(tmp_path: Path) -> None:
    seat = ClusterSeat(2, 3, HOSTS)
    text = configuration(PORTS, "pw", can_stamp=False, seat=seat)
    assert "listeners.tcp.1 = 192.0.2.12:1\n" in text
    assert "management.tcp.ip = 192.0.2.12\n" in text
    assert "classic_config.nodes.1 = yizhan@host-1\n" in text
    told = environment(NodeFolder(tmp_path), PORTS, {}, seat=seat)
    assert (told["RABBITMQ_NODENAME"], told["ERL_EPMD_ADDRESS"]) == ("yizhan-2@host-2", "192.0.2.12")
    assert "inet_dist_use_interface {192,0,2,12}" in told["RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS"]
    assert urls(PORTS, "p/w", seat.address) == ("amqp://yizhan:p%2Fw@192.0.2.12:1/%2F", "http://192.0.2.12:2")
    NodeFolder(tmp_path).prepare(PORTS, can_stamp=False, seat=seat)
    assert Path(told["ERL_INETRC"]).read_text() == names_for_erlang(HOSTS)
    assert '{host, {192,0,2,13}, ["host-3"]}.' in names_for_erlang(HOSTS).splitlines()
    assert seat.enter == ("nsenter", "--net=/proc/2/ns/net", "--")


def test_a_node_that_shares_this_machines_network_is_on_the_loopback_interface_alone(tmp_path: Path) -> None:
    seat = ClusterSeat(2, 3)
    assert (seat.address, seat.enter) == ("127.0.0.1", ())
    told = environment(NodeFolder(tmp_path), PORTS, {}, seat=seat)
    assert "ERL_INETRC" not in told
    assert "inet_dist_use_interface {127,0,0,1}" in told["RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS"]
    assert urls(PORTS, "pw") == ("amqp://yizhan:pw@127.0.0.1:1/%2F", "http://127.0.0.1:2")


def test_who_starts_a_node_again_finds_its_host_in_the_brokers_folder(tmp_path: Path) -> None:
    assert read_hosts(tmp_path) == ()
    write_hosts(tmp_path / "node", HOSTS)
    assert read_hosts(tmp_path / "node") == HOSTS
    broker = PrivateBroker(tmp_path / "node", 3)
    assert [node.seat.name for node in broker.nodes] == ["yizhan@host-1", "yizhan-2@host-2", "yizhan-3@host-3"]
