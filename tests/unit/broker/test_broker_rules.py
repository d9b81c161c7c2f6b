"""The broker package's small rules: room, turns, pauses, waking, and the private node's text."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import time
from collections import deque
from pathlib import Path

import pytest

from exchange.broker.private import keeper
from exchange.broker.private.code_path import code_path
from exchange.broker.private.installation import check_data
from exchange.broker.private.keeper import has_owner, owner_in
from exchange.broker.private.node import PrivateNode
from exchange.broker.private.node_files import NodeFolder, configuration, environment
from exchange.broker.private.ports import Ports
from exchange.broker.traffic.flight import Flight
from exchange.broker.traffic.pause import Pause
from exchange.broker.traffic.room import PublicationRoom
from exchange.broker.traffic.turns import IN_A_ROW, QueueTurns
from exchange.broker.traffic.urls import parameters
from exchange.broker.traffic.wakeup import Wakeup
from exchange.errors import BadConfiguration, OperatorError
from exchange.messaging.ports import Publication, PublishOutcome

PORTS = Ports(21_001, 21_002, 21_003, 21_004)


def publication(number: int, size: int = 1) -> Publication:
    return Publication(number, "c.b.inbox", bytes(size), f"m{number}", "c", "document")


def test_the_first_queue_overtakes_but_others_have_every_fifth_turn() -> None:
    turns = QueueTurns()
    assert [turns.choose([9, 9, 9]) for _ in range(2 * (IN_A_ROW + 1))] == [0] * IN_A_ROW + [1] + [0] * IN_A_ROW + [2]


def test_queues_without_anything_are_passed_over() -> None:
    turns = QueueTurns()
    assert turns.choose([0, 0, 0]) is None
    assert turns.choose([0, 0, 3]) == 2
    assert turns.choose([0, 5, 3]) == 1
    assert [turns.choose([2, 0, 0]) for _ in range(10)] == [0] * 10


def test_pauses_double_up_to_the_longest_and_begin_anew_after_success() -> None:
    pause = Pause(1.0, 8.0, chance=lambda: 1.0)
    assert [pause.next() for _ in range(5)] == [1.0, 2.0, 4.0, 8.0, 8.0]
    pause.reset()
    assert pause.next() == 1.0
    assert Pause(1.0, 8.0, chance=lambda: 0.0).next() == 0.5


def test_room_takes_what_fits_and_the_rest_when_there_is_room_again() -> None:
    room, taken = PublicationRoom(3, 100), deque[Publication]()
    todo = deque(publication(number) for number in range(5))
    assert room.move(todo, taken)
    assert len(taken) == 3
    room.release([taken[0], taken[1]])
    assert room.move(todo, taken)
    assert not todo


def test_one_publication_larger_than_all_room_passes_alone() -> None:
    room, taken = PublicationRoom(10, 100), deque[Publication]()
    todo = deque([publication(0, 500), publication(1)])
    room.move(todo, taken)
    assert [each.id for each in taken] == [0]


def test_those_who_wait_for_room_are_let_go_when_it_closes() -> None:
    room, taken = PublicationRoom(1, 100), deque[Publication]()
    room.move(deque([publication(0)]), taken)
    answers: list[bool] = []
    waiting = threading.Thread(target=lambda: answers.append(room.move(deque([publication(1)]), taken)))
    waiting.start()
    room.close()
    waiting.join(10)
    assert answers == [False]
    assert len(taken) == 1


def test_the_worker_sleeps_until_enough_has_come() -> None:
    wakeup, count, woken = Wakeup(), [0], threading.Event()

    def wait_for_three() -> None:
        wakeup.wait(lambda: count[0], 3, 10.0)
        woken.set()

    threading.Thread(target=wait_for_three, daemon=True).start()
    count[0] = 1
    wakeup.arrived(1)
    assert not woken.wait(0.1)
    count[0] = 3
    wakeup.arrived(3)
    assert woken.wait(5)


def test_a_message_returned_twice_under_one_id_is_unroutable_twice() -> None:
    flight = Flight()
    for number in (0, 1):
        flight.sent(Publication(number, "c.b.inbox", b"", "same", "c", "document"), 0.0)
        flight.returned("same", "c.b.inbox")
    outcomes = [result.outcome for _, result in flight.confirmed(2, multiple=True)]
    assert outcomes == [PublishOutcome.UNROUTABLE] * 2
    flight.sent(Publication(2, "c.b.inbox", b"", "same", "c", "document"), 0.0)
    assert [result.outcome for _, result in flight.confirmed(3, multiple=False)] == [PublishOutcome.CONFIRMED]


def test_a_bad_broker_address_is_reported_without_its_password() -> None:
    with pytest.raises(BadConfiguration) as caught:
        parameters("amqp://user:secret@host:not-a-port/", "test")
    assert "secret" not in caught.value.diagnostics()


def test_only_versions_that_know_the_interceptor_are_configured_with_it() -> None:
    assert "timestamp" not in configuration(PORTS, "pw", can_stamp=False)
    assert "set_header_timestamp.overwrite = true" in configuration(PORTS, "pw", can_stamp=True)


def test_the_server_inherits_nothing_but_the_path(tmp_path: Path) -> None:
    ours = {"PATH": "/bin", "EXCHANGE_DATABASE_URL": "postgresql://u:secret@h/d", "RABBITMQ_NODENAME": "rabbit@other"}
    theirs = environment(NodeFolder(tmp_path), PORTS, ours)
    assert theirs["PATH"] == "/bin"
    assert theirs["HOME"] == str(tmp_path)
    assert theirs["RABBITMQ_NODENAME"] == "yizhan@localhost"
    assert not [name for name in theirs if name.startswith("EXCHANGE_")]


def test_code_is_looked_for_first_where_one_version_of_it_lies(tmp_path: Path) -> None:
    plugins, erlang = tmp_path / "rabbit" / "plugins", tmp_path / "erlang"
    for name in ("rabbit-4.1.0", "rabbit_common-4.1.0", "ra-2.1", "ra-2.2"):
        (plugins / name / "ebin").mkdir(parents=True)
    (erlang / "lib" / "ssl-11.0" / "ebin").mkdir(parents=True)
    (erlang / "bin").mkdir()
    (erlang / "bin" / "erl").touch(mode=0o755)
    server = tmp_path / "rabbit" / "sbin" / "rabbitmq-server"
    found = code_path(server, {"PATH": str(erlang / "bin")})
    assert [path.parent.name for path in found] == ["rabbit-4.1.0", "rabbit_common-4.1.0", "ssl-11.0"]
    (tmp_path / "a b").symlink_to(tmp_path)
    assert code_path(tmp_path / "a b" / "rabbit" / "sbin" / "rabbitmq-server", {"PATH": ""}) == found[:2]
    (tmp_path / "rabbit").rename(tmp_path / "r x")
    assert code_path(tmp_path / "r x" / "sbin" / "rabbitmq-server", {"PATH": ""}) == [], "its words would be split"
    assert code_path(Path("/server"), {"PATH": ""}) == []
    told = environment(NodeFolder(tmp_path), PORTS, {}, code=found)["RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS"]
    assert told.endswith(f"-pa {found[2]} {found[1]} {found[0]}"), "the last is looked in first"


def test_a_folder_prepared_again_keeps_its_secrets_and_address(tmp_path: Path) -> None:
    folder = NodeFolder(tmp_path / "node")
    folder.prepare(PORTS, can_stamp=False)
    password, cookie = folder.password.read_text(), (folder.root / ".erlang.cookie").read_text()
    folder.prepare(PORTS, can_stamp=True)
    assert folder.password.read_text() == password
    assert (folder.root / ".erlang.cookie").read_text() == cookie
    assert folder.read_ports() == PORTS


def test_an_owner_that_never_was_does_not_keep_a_server_alive() -> None:
    assert has_owner(0, parent=1)
    assert not has_owner(2**22 + 1, parent=1)


@pytest.mark.parametrize(
    ("command", "owner"),
    [
        (["python3", "-I", "/srv/old/keeper.py", "17", "/home/x/node/keeper.pid", "21000", "/usr/bin/server"], 17),
        (["python3", "-I", "/srv/new/keeper.py", "0", "/home/x/node/keeper.pid", "21000", "", "/usr/bin/server"], 0),
        (["python3", "/srv/other/keeper.py", "--pid", "/home/x/node/keeper.pid"], None),
        (["python3"], None),
    ],
)
def test_the_owner_of_a_keeper_is_found_whichever_installation_started_it(
    command: list[str], owner: int | None
) -> None:
    assert owner_in(command) == owner


@pytest.mark.parametrize("pid", ["", "x", "-1", "0", "9" * 40, "4194303", "\x00"])
def test_a_file_with_a_process_id_that_is_none_is_nobodys(tmp_path: Path, pid: str) -> None:
    folder = NodeFolder(tmp_path)
    folder.prepare(PORTS, can_stamp=False)
    folder.keeper_pid.write_text(pid)
    folder.server_pid.write_text(pid)
    node = PrivateNode(tmp_path)
    assert node.found() is None
    assert not node.alive
    node.stop()


def test_a_node_that_another_checkout_started_is_seen_and_ended_by_any_name_of_its_folder(tmp_path: Path) -> None:
    folder = NodeFolder(tmp_path / "node")
    folder.prepare(PORTS, can_stamp=False)
    theirs = tmp_path / "checkout" / "keeper.py"
    theirs.parent.mkdir()
    shutil.copy(keeper.__file__, theirs)
    (tmp_path / "link").symlink_to(tmp_path / "node")
    arguments = [os.getpid(), folder.keeper_pid, PORTS.epmd, "", "/bin/sleep", 60]
    kept = subprocess.Popen([sys.executable, "-I", theirs, *map(str, arguments)])
    try:
        until = time.monotonic() + 20
        while not folder.keeper_pid.exists() and time.monotonic() < until:
            time.sleep(0.02)
        for name in ("node", "link"):
            node = PrivateNode(tmp_path / name)
            assert node.alive
            assert node.found() is None, "it runs, and does not serve"
        PrivateNode(tmp_path / "link").stop()
        assert kept.wait(20) is not None
    finally:
        kept.kill()
        kept.wait()


@pytest.mark.parametrize(
    ("before", "now", "said"),
    [
        ((4, 0, 2), (3, 10, 8), "never back"),
        ((3, 12, 1), (3, 10, 8), "never back"),
        ((3, 10, 8), (4, 0, 2), "through 3.13"),
        ((3, 13, 7), (4, 0, 2), None),
        ((3, 10, 8), (3, 10, 5), None),
        ((), (3, 10, 8), None),
        ((4, 0, 2), (), None),
    ],
)
def test_data_of_a_version_that_the_server_cannot_use_is_refused_with_the_way_out(
    tmp_path: Path, before: tuple[int, ...], now: tuple[int, ...], said: str | None
) -> None:
    if said is None:
        check_data(before, now, tmp_path)
        return
    with pytest.raises(OperatorError, match=said) as found:
        check_data(before, now, tmp_path)
    assert "EXCHANGE_RABBITMQ_SERVER" in found.value.remedy
    assert str(tmp_path / "data") in found.value.remedy


@pytest.mark.parametrize("text", ["3.10.8", "4.0", "", "latest", "4", "1.2.3.4.5", "9.9\n"])
def test_only_a_version_is_read_as_one(tmp_path: Path, text: str) -> None:
    (tmp_path / "version").write_text(text)
    found = NodeFolder(tmp_path).read_version()
    assert found == {"3.10.8": (3, 10, 8), "4.0": (4, 0), "9.9\n": (9, 9)}.get(text, ())
