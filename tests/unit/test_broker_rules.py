"""The broker package's small rules: room, turns, pauses, waking, and the private node's text."""

from __future__ import annotations

import threading
from collections import deque
from pathlib import Path

import pytest

from exchange.broker.flight import Flight
from exchange.broker.keeper import has_owner
from exchange.broker.node_files import NodeFolder, Ports, configuration, environment
from exchange.broker.pause import Pause
from exchange.broker.room import Room
from exchange.broker.turns import IN_A_ROW, Turns
from exchange.broker.urls import parameters
from exchange.broker.wakeup import Wakeup
from exchange.errors import BadConfiguration
from exchange.flow.ports import Publication, PublishOutcome

PORTS = Ports(21_001, 21_002, 21_003, 21_004)


def publication(number: int, size: int = 1) -> Publication:
    return Publication(number, "c.b.inbox", bytes(size), f"m{number}", "c", "document")


def test_the_first_queue_overtakes_but_others_have_every_fifth_turn() -> None:
    turns = Turns()
    assert [turns.choose([9, 9, 9]) for _ in range(2 * (IN_A_ROW + 1))] == [0] * IN_A_ROW + [1] + [0] * IN_A_ROW + [2]


def test_queues_without_anything_are_passed_over() -> None:
    turns = Turns()
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
    room, taken = Room(3, 100), deque[Publication]()
    todo = deque(publication(number) for number in range(5))
    assert room.move(todo, taken)
    assert len(taken) == 3
    room.release([taken[0], taken[1]])
    assert room.move(todo, taken)
    assert not todo


def test_one_publication_larger_than_all_room_passes_alone() -> None:
    room, taken = Room(10, 100), deque[Publication]()
    todo = deque([publication(0, 500), publication(1)])
    room.move(todo, taken)
    assert [each.id for each in taken] == [0]


def test_those_who_wait_for_room_are_let_go_when_it_closes() -> None:
    room, taken = Room(1, 100), deque[Publication]()
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
