"""Saying something stops nobody: full disks, readers that are gone or do not read, values that cannot be written."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest
import structlog

from exchange.clock import monotonic
from exchange.errors import BadConfiguration
from exchange.runtime import logs
from exchange.runtime.logs import LogSize
from exchange.runtime.unfailing import Rotation, UnfailingStream, text_stream


class Target:
    """A file descriptor that can be made to lead elsewhere."""

    def __init__(self, path: Path | str) -> None:
        self.descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def now(self, path: Path | str) -> None:
        fresh = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(fresh, self.descriptor)
        os.close(fresh)


@pytest.fixture
def full() -> Iterator[Target]:
    target = Target("/dev/full")
    yield target
    os.close(target.descriptor)


def test_what_a_full_disk_did_not_take_is_counted_and_said_once_it_takes_again(full: Target, tmp_path: Path) -> None:
    raw = UnfailingStream(full.descriptor)
    stream = text_stream(raw)
    for number in range(3):
        print("line", number, file=stream)
    assert raw.lost == 3
    full.now(tmp_path / "log")
    print("again", file=stream)
    print("and again", file=stream)
    assert (tmp_path / "log").read_text().splitlines() == [
        "==> 3 lines could not be written here (No space left on device)",
        "again",
        "and again",
    ]


def test_a_reader_that_is_gone_or_does_not_read_holds_up_nobody_for_long() -> None:
    for gone in (True, False):
        reading, writing = os.pipe()
        if gone:
            os.close(reading)
        stream = text_stream(UnfailingStream(writing))
        began = monotonic()
        for _ in range(200):
            print("x" * 1000, file=stream)
        assert monotonic() - began < 10
        assert isinstance(stream.buffer, UnfailingStream)
        assert stream.buffer.lost >= 100
        os.close(writing)
        if not gone:
            os.close(reading)


def test_a_reader_that_was_slow_gets_what_comes_later_and_how_much_is_missing() -> None:
    reading, writing = os.pipe()
    stream = text_stream(UnfailingStream(writing))
    for _ in range(100):
        print("x" * 1000, file=stream)
    taken: list[bytes] = []

    def read() -> None:
        while b"the end" not in b"".join(taken[-2:]):
            taken.append(os.read(reading, 65536))

    reader = Thread(target=read)
    reader.start()
    until = monotonic() + 10
    while reader.is_alive() and monotonic() < until:
        print("the end", file=stream)
    reader.join(10)
    assert b"lines could not be written here (nobody reads)" in b"".join(taken)
    os.close(reading)
    os.close(writing)


class Spiteful:
    """A value that cannot even be described."""

    def __repr__(self) -> str:
        raise ValueError("no")


def test_a_logger_takes_any_value_and_loses_no_event(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = Target(tmp_path / "log")
    monkeypatch.setattr(sys, "stderr", text_stream(UnfailingStream(target.descriptor)))
    logs.configure()
    log = structlog.get_logger()
    log.info("spiteful", value=Spiteful())
    log.info("surrogate", name="\udce4.pdf")
    log.info("plain")
    lines = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()]
    assert [line["event"] for line in lines] == ["spiteful", "surrogate", "plain"]
    os.close(target.descriptor)


def test_a_process_whose_standard_error_was_closed_says_its_words_into_nothing(tmp_path: Path) -> None:
    program = (
        "from exchange.runtime import logs; logs.keep_talking(); logs.configure()\n"
        "import structlog, sys, os; structlog.get_logger().info('x'); print('y', file=sys.stderr)\n"
        f"assert os.open({str(tmp_path / 'database')!r}, os.O_CREAT) > 2\n"
    )
    child = os.spawnl(os.P_WAIT, "/bin/sh", "sh", "-c", f'exec {sys.executable} -c "$0" 0<&- 2>&-', program)
    assert child == 0


def test_a_log_is_kept_within_its_size_and_older_ones_move_on(tmp_path: Path) -> None:
    path = tmp_path / "log"
    target, other = Target(path), Target(path)
    raw = UnfailingStream(target.descriptor)
    raw.rotate_by(Rotation(path, 100, 2, (target.descriptor, other.descriptor)))
    stream = text_stream(raw)
    for number in range(40):
        stream.write(f"line {number:03}\n")  # 9 octets
    os.write(other.descriptor, b"a library's\n")
    files = {file.name: file.read_text().splitlines() for file in tmp_path.iterdir()}
    assert set(files) == {"log", "log.1", "log.2"}
    assert all(file.stat().st_size <= 112 for file in tmp_path.iterdir())
    assert [*files["log.2"], *files["log.1"], *files["log"]] == [f"line {n:03}" for n in range(11, 40)] + [
        "a library's"
    ]
    os.close(target.descriptor)
    os.close(other.descriptor)


def test_log_sizes_are_read_from_the_environment_and_refused_with_what_to_write() -> None:
    assert LogSize.read({}) == LogSize(20_000_000, 5)
    assert LogSize.read({logs.MEGABYTES: "0.5", logs.KEEP: "0"}) == LogSize(500_000, 0)
    for env in ({logs.MEGABYTES: "much"}, {logs.KEEP: "-1"}, {logs.MEGABYTES: "nan"}):
        with pytest.raises(BadConfiguration, match="EXCHANGE_LOG_"):
            LogSize.read(env)
